//! Objects in S3 that are written once and never overwritten.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::{ByteStream, DateTimeFormat};
use aws_sdk_s3::types::{ChecksumMode, ServerSideEncryption};
use tokio::sync::OnceCell;

use crate::cache::Partial;
use crate::checksum::{Checksum, Hashing};
use crate::error::{Error, Result, StoreFault};
use crate::store::aws::AwsSettings;
use crate::store::fault::{Asked, fault};
use crate::store::local::ZIP_MODE;
use crate::store::place::{Place, normal_prefix};

/// The object metadata that repeats the content's SHA-256 where S3 is not asked for it, as in its
/// console. It is compared, and never believed.
const SHA256: &str = "sha256";

/// How often an upload is sent that S3 turns away for another of the same key.
const UPLOADS: u32 = 5;

/// S3, with one configuration for all buckets.
#[derive(Debug, Default)]
pub struct S3 {
    settings: AwsSettings,
    config: OnceCell<SdkConfig>,
}

impl S3 {
    /// Keeps the configuration until S3 is first used.
    pub fn new(settings: AwsSettings) -> Self {
        let config = OnceCell::new();
        Self { settings, config }
    }

    /// Credentials, region and endpoint, for S3 and for what else is asked of AWS.
    pub(crate) async fn config(&self) -> Result<&SdkConfig> {
        self.config.get_or_try_init(|| self.settings.load()).await
    }

    /// The objects of a place.
    pub(crate) async fn objects(&self, place: Place) -> Result<Objects> {
        let region = place.region.as_deref();
        let client = self.settings.s3(self.config().await?, region)?;
        let prefix = match normal_prefix(&place.prefix) {
            prefix if prefix.is_empty() => prefix,
            prefix => prefix + "/",
        };
        let place = Arc::new(Place { prefix, ..place });
        Ok(Objects { client, place })
    }
}

/// An object that a [`crate::Store`] or a [`crate::Releases`] has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its version, where the bucket is versioned.
    pub version: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, by S3's account or by its bytes.
    pub sha256: Checksum,
}

/// Objects of one bucket under one prefix.
#[derive(Debug, Clone)]
pub(crate) struct Objects {
    client: Client,
    place: Arc<Place>,
}

/// What a small object holds.
pub(crate) struct Content {
    pub bytes: Vec<u8>,
    /// When it was written, in RFC 3339.
    pub written_at: Option<String>,
}

/// What an object is to hold.
pub(crate) enum Upload {
    Bytes(Vec<u8>),
    /// A file, with its SHA-256.
    File(PathBuf, Checksum),
}

impl Upload {
    fn sha256(&self) -> Checksum {
        match self {
            Self::Bytes(bytes) => Checksum::of(bytes),
            Self::File(_, sha256) => *sha256,
        }
    }

    async fn body(&self) -> Result<ByteStream> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone().into()),
            Self::File(path, _) => {
                let body = ByteStream::from_path(path).await;
                body.map_err(|error| Error::read(path)(io::Error::other(error)))
            }
        }
    }
}

impl Objects {
    /// The whole key of what is named from the prefix on.
    pub fn key(&self, rest: &str) -> String {
        format!("{}{rest}", self.place.prefix)
    }

    /// The address of a key, for people.
    pub fn address(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.place.bucket)
    }

    /// The same client's objects of another bucket, with whole keys.
    pub fn of_bucket(&self, bucket: &str) -> Self {
        let same = bucket == self.place.bucket;
        let owner = self.place.expected_bucket_owner.clone();
        let place = Place {
            bucket: bucket.to_owned(),
            expected_bucket_owner: owner.filter(|_| same),
            ..Place::default()
        };
        Self {
            client: self.client.clone(),
            place: Arc::new(place),
        }
    }

    /// Looks for an object, or for one of its versions.
    pub async fn find(&self, key: &str, version: Option<&str>) -> Result<Option<Stored>> {
        let head = self.client.head_object().bucket(&self.place.bucket);
        let head = head
            .key(key)
            .set_version_id(version.map(str::to_owned))
            .set_expected_bucket_owner(self.place.expected_bucket_owner.clone())
            .checksum_mode(ChecksumMode::Enabled);
        let head = match head.send().await {
            Ok(head) => head,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => {
                // The answer to a HEAD has no body, and so no reason; that to a GET has.
                return match self.get(key, version, Some("bytes=0-0")).await {
                    Ok(_) => Err(self.failed("read", key, actions(version), &error)),
                    Err(reason) => Err(reason),
                };
            }
        };
        let sum = head.checksum_sha256().and_then(Checksum::from_base64);
        let sha256 = match sum {
            Some(sum) => sum,
            // Uploaded by something else, with another checksum or in parts.
            None => match self.get(key, version, None).await? {
                Some(object) => self.pass_on(key, object.body, io::sink()).await?.1,
                None => return Ok(None),
            },
        };
        let metadata = head.metadata().and_then(|metadata| metadata.get(SHA256));
        self.check(key, metadata, sha256)?;
        Ok(Some(Stored {
            sha256,
            bucket: self.place.bucket.clone(),
            key: key.to_owned(),
            version: head.version_id().map(str::to_owned),
            size: head.content_length().unwrap_or_default().cast_unsigned(),
        }))
    }

    /// Reads a small object, if it is there.
    pub async fn read(&self, key: &str) -> Result<Option<Content>> {
        let Some(object) = self.get(key, None, None).await? else {
            return Ok(None);
        };
        let written_at = object
            .last_modified()
            .and_then(|time| time.fmt(DateTimeFormat::DateTime).ok());
        let metadata = object.metadata().and_then(|all| all.get(SHA256)).cloned();
        let (bytes, sha256) = self.pass_on(key, object.body, Vec::new()).await?;
        self.check(key, metadata.as_ref(), sha256)?;
        Ok(Some(Content { bytes, written_at }))
    }

    /// Passes an object's bytes on to a writer, and returns it with their SHA-256.
    pub async fn copy<W: Write>(
        &self,
        key: &str,
        version: Option<&str>,
        to: W,
    ) -> Result<(W, Checksum)> {
        let object = self.get(key, version, None).await?;
        let object = object.ok_or_else(|| self.broken(key, "it is not there"))?;
        self.pass_on(key, object.body, to).await
    }

    /// Downloads an object of a known SHA-256 into a folder.
    pub async fn download(&self, stored: &Stored, folder: &Path) -> Result<Partial> {
        let partial = Partial::new(folder, ZIP_MODE)?;
        let (key, version) = (&stored.key, stored.version.as_deref());
        let (partial, sha256) = self.copy(key, version, partial).await?;
        if sha256 != stored.sha256 {
            return Err(self.broken(key, "its bytes changed while it was read"));
        }
        Ok(partial)
    }

    /// Writes an object that is not there yet, and leaves one that is. Says whether it wrote.
    pub async fn write_new(&self, key: &str, content: &Upload, kind: &str) -> Result<bool> {
        self.writable("write", key)?;
        let sha256 = content.sha256();
        let encryption = self.place.kms_key_id.as_ref();
        let mut attempt = 1;
        loop {
            let put = self
                .client
                .put_object()
                .bucket(&self.place.bucket)
                .key(key)
                .set_expected_bucket_owner(self.place.expected_bucket_owner.clone())
                .set_server_side_encryption(encryption.map(|_| ServerSideEncryption::AwsKms))
                .set_ssekms_key_id(encryption.cloned())
                .content_type(kind)
                .if_none_match("*")
                .metadata(SHA256, sha256.hex())
                // S3 verifies it, and keeps it.
                .checksum_sha256(sha256.base64());
            match put.body(content.body().await?).send().await {
                Ok(_) => return Ok(true),
                Err(error) if error.code() == Some("PreconditionFailed") => return Ok(false),
                // "On a 409 failure you should retry the upload" (Amazon S3 API reference,
                // PutObject, If-None-Match).
                Err(error)
                    if error.code() == Some("ConditionalRequestConflict") && attempt < UPLOADS =>
                {
                    tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
                    attempt += 1;
                }
                Err(error) => return Err(self.failed("write", key, "s3:PutObject", &error)),
            }
        }
    }

    /// The keys below `folder`, which ends with a slash or is empty, up to the next slash: those of
    /// objects, and those of folders, which end with one.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let list = self.client.list_objects_v2().bucket(&self.place.bucket);
        let list = list
            .prefix(folder)
            .delimiter("/")
            .set_expected_bucket_owner(self.place.expected_bucket_owner.clone());
        let mut pages = list.into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| self.failed("list", folder, "s3:ListBucket", &error))?;
            let objects = page.contents.into_iter().flatten();
            keys.extend(objects.filter_map(|object| object.key));
            let folders = page.common_prefixes.into_iter().flatten();
            keys.extend(folders.filter_map(|folder| folder.prefix));
        }
        Ok(keys)
    }

    /// Deletes an object. One that is gone already is no error.
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.writable("delete", key)?;
        let delete = self.client.delete_object().bucket(&self.place.bucket);
        let delete = delete
            .key(key)
            .set_expected_bucket_owner(self.place.expected_bucket_owner.clone());
        let deleted = delete.send().await;
        deleted.map_err(|error| self.failed("delete", key, "s3:DeleteObject", &error))?;
        Ok(())
    }

    /// An error about what an object holds.
    pub fn broken(&self, key: &str, reason: &str) -> Error {
        let reason = reason.to_owned();
        self.error("use", key, StoreFault::Unusable { reason })
    }

    async fn get(
        &self,
        key: &str,
        version: Option<&str>,
        range: Option<&str>,
    ) -> Result<Option<GetObjectOutput>> {
        let get = self.client.get_object().bucket(&self.place.bucket);
        let get = get
            .key(key)
            .set_version_id(version.map(str::to_owned))
            .set_range(range.map(str::to_owned))
            .set_expected_bucket_owner(self.place.expected_bucket_owner.clone());
        match get.send().await {
            Ok(object) => Ok(Some(object)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed("read", key, actions(version), &error)),
        }
    }

    async fn pass_on<W: Write>(
        &self,
        key: &str,
        mut body: ByteStream,
        to: W,
    ) -> Result<(W, Checksum)> {
        let mut to = Hashing::new(to);
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|error| {
                let reason = StoreFault::chain(&error);
                self.error("read", key, StoreFault::NoNetwork { reason })
            })?;
            to.write_all(&bytes).map_err(Error::write(Path::new(key)))?;
        }
        let (to, _, sha256) = to.finish();
        Ok((to, sha256))
    }

    fn check(&self, key: &str, metadata: Option<&String>, sha256: Checksum) -> Result<()> {
        if metadata.is_none_or(|hex| *hex == sha256.hex()) {
            return Ok(());
        }
        let reason = "its bytes do not have the SHA-256 that is recorded with it";
        Err(self.broken(key, reason))
    }

    /// Fails where the place is read-only.
    pub fn writable(&self, action: &'static str, key: &str) -> Result<()> {
        if self.place.read_only {
            return Err(self.error(action, key, StoreFault::ReadOnly));
        }
        Ok(())
    }

    fn failed<E: ProvideErrorMetadata + std::error::Error + 'static>(
        &self,
        action: &'static str,
        key: &str,
        permission: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Error {
        let asked = Asked {
            action: permission,
            bucket: &self.place.bucket,
            owner: self.place.expected_bucket_owner.as_deref(),
        };
        self.error(action, key, fault(error, &asked))
    }

    fn error(&self, action: &'static str, key: &str, fault: StoreFault) -> Error {
        Error::Store {
            action,
            address: self.address(key),
            fault: Box::new(fault),
        }
    }
}

/// What reading needs. Without s3:ListBucket S3 denies access to an object that is not there; a
/// version needs an action of its own (Amazon S3 API reference, GetObject, "Permissions").
fn actions(version: Option<&str>) -> &'static str {
    match version {
        None => "s3:GetObject (and s3:ListBucket on the bucket)",
        Some(_) => "s3:GetObjectVersion (and s3:ListBucket on the bucket)",
    }
}

/// Whether the object, or its bucket, is not there. A bucket may be about to be created while
/// Terraform plans.
fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(
        error.code(),
        Some("NoSuchKey" | "NoSuchVersion" | "NoSuchBucket" | "NotFound")
    )
}
