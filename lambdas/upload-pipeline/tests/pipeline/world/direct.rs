//! The world's S3 as clients reach it: with signed requests, whose addresses say what they are for.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use upload_pipeline::api::Api;
use upload_pipeline::direct::{Direct, Limits};
use upload_pipeline::domain::{ContentType, FileName, Location, Object, Sha256Digest};
use upload_pipeline::ports::PortError;
use upload_pipeline::ports::direct::{DirectStore, Joined, Part, PartPage, SignedRequest};

use super::{Stored, UPLOADS, World};

/// Size above which uploads come in parts here, in bytes.
pub const MULTIPART_ABOVE: u64 = 10;

/// Largest upload here, in bytes.
pub const MAX_BYTES: u64 = 1 << 40;

/// Parts of a page here, so that pages are turned.
const PAGE: usize = 2;

/// A multipart upload that was begun, and neither completed nor aborted.
#[derive(Clone)]
pub struct InParts {
    pub location: Location,
    pub id: String,
    pub parts: BTreeMap<u16, Bytes>,
}

impl World {
    pub fn api(&self) -> Api {
        Api {
            receiver: self.receiver(),
            direct: Direct {
                store: Arc::new(self.clone()),
                table: Arc::new(self.clone()),
                stream: Arc::new(self.clone()),
                arrivals: self.arrivals(),
                clock: Arc::new(self.clone()),
                uploads_bucket: UPLOADS.into(),
                limits: Limits {
                    multipart_above: MULTIPART_ABOVE,
                    max_bytes: MAX_BYTES,
                },
            },
            removal: self.removal(),
        }
    }

    /// Sends a signed PUT as a client does, and returns S3's status.
    pub fn send(&self, url: &str, body: &[u8]) -> u16 {
        let (place, bound) = url.split_once('?').unwrap();
        let bound: BTreeMap<_, _> = bound
            .split('&')
            .filter_map(|it| it.split_once('='))
            .collect();
        let (bucket, key) = place.split_once('/').unwrap();
        let location = Location {
            bucket: bucket.into(),
            key: key.into(),
        };
        let is_bound = bound["size"] == body.len().to_string()
            && bound["sha256"] == Sha256Digest::of(body).to_string();
        if !is_bound {
            return 403;
        }
        let body = Bytes::copy_from_slice(body);
        let mut state = self.state();
        let Some(number) = bound.get("part") else {
            let content_type = ContentType::binary();
            let is_new = !state.objects.contains_key(&location);
            let stored = Stored { body, content_type };
            state.objects.entry(location).or_insert(stored);
            return if is_new { 200 } else { 412 };
        };
        let upload = state.multipart.iter_mut().find(|it| it.id == bound["id"]);
        let Some(upload) = upload.filter(|it| it.location == location) else {
            return 404;
        };
        upload.parts.insert(number.parse().unwrap(), body);
        200
    }

    fn sign(&self, location: &Location, bound: String) -> Result<SignedRequest, PortError> {
        let Location { bucket, key } = location;
        self.call(|_| SignedRequest {
            url: format!("{bucket}/{key}?{bound}"),
            headers: [("x-signed".to_owned(), "yes".to_owned())].into(),
        })
    }
}

#[async_trait]
impl DirectStore for World {
    async fn sign_put(
        &self,
        location: &Location,
        _: &ContentType,
        size: u64,
        sha256: Sha256Digest,
    ) -> Result<SignedRequest, PortError> {
        self.sign(location, format!("size={size}&sha256={sha256}"))
    }

    async fn sign_part(
        &self,
        location: &Location,
        id: &str,
        number: u16,
        size: u64,
        sha256: Sha256Digest,
    ) -> Result<SignedRequest, PortError> {
        let bound = format!("size={size}&sha256={sha256}&id={id}&part={number}");
        self.sign(location, bound)
    }

    async fn sign_get(
        &self,
        location: &Location,
        object: &Object,
        name: &FileName,
    ) -> Result<String, PortError> {
        let signed = self.sign(location, format!("version={}&name={name}", object.version));
        signed.map(|request| request.url)
    }

    async fn begin(&self, location: &Location, _: &ContentType) -> Result<String, PortError> {
        self.call(|state| {
            state.begun += 1;
            let id = format!("m{}", state.begun);
            state.multipart.push(InParts {
                location: location.clone(),
                id: id.clone(),
                parts: BTreeMap::new(),
            });
            id
        })
    }

    async fn abort(&self, _: &Location, id: &str) -> Result<(), PortError> {
        self.call(|state| state.multipart.retain(|it| it.id != id))
    }

    async fn begun(&self, location: &Location) -> Result<Vec<String>, PortError> {
        self.call(|state| {
            let of_key = state.multipart.iter().filter(|it| it.location == *location);
            of_key.map(|it| it.id.clone()).collect()
        })
    }

    async fn parts(
        &self,
        _: &Location,
        id: &str,
        after: u16,
    ) -> Result<Option<PartPage>, PortError> {
        self.call(|state| {
            let upload = state.multipart.iter().find(|it| it.id == id)?;
            let mut parts: Vec<_> = upload.parts.range(after + 1..).map(part).collect();
            let more = parts.len() > PAGE;
            parts.truncate(PAGE);
            Some(PartPage { parts, more })
        })
    }

    async fn join(&self, at: &Location, id: &str, parts: &[Part]) -> Result<Joined, PortError> {
        self.call(|state| {
            let Some(place) = state.multipart.iter().position(|it| it.id == id) else {
                return Joined::Gone;
            };
            if std::mem::take(&mut state.joins_slowly) {
                return Joined::Running;
            }
            if state.objects.contains_key(at) {
                return Joined::Exists;
            }
            let upload = state.multipart.remove(place);
            assert_eq!(parts, upload.parts.iter().map(part).collect::<Vec<_>>());
            let body = upload.parts.into_values().flatten().collect();
            let content_type = ContentType::binary();
            state
                .objects
                .insert(at.clone(), Stored { body, content_type });
            Joined::Done
        })
    }
}

fn part((number, body): (&u16, &Bytes)) -> Part {
    Part {
        number: *number,
        size: body.len() as u64,
        sha256: Some(Sha256Digest::of(body)),
        e_tag: format!("e{number}"),
    }
}
