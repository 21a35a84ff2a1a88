//! Everything outside the pipeline, in memory, with calls that fail when a test says so.

pub mod announced;
pub mod direct;
mod table;

use std::collections::BTreeMap;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use function_kit::testing;
use jiff::Timestamp;
use upload_pipeline::arrive::Arrivals;
use upload_pipeline::domain::{
    Charge, Checksum, ContentType, DeadLetter, Location, Object, Owner, Quota, Receipt, Schedule,
    Sha256Digest, Upload, UploadEvent, UploadRecord,
};
use upload_pipeline::ports::*;
use upload_pipeline::process::Processing;
use upload_pipeline::processor::Processor;
use upload_pipeline::processors::Uppercase;
use upload_pipeline::receive::Receiver;
use upload_pipeline::reconcile::Reconciler;
use upload_pipeline::remove::Removal;

use direct::InParts;

pub const UPLOADS: &str = "uploads-bucket";
pub const PROCESSED: &str = "processed-bucket";

/// How long uploads are left alone before the reconciler looks after them.
pub const RECONCILE_AFTER: Duration = Duration::from_secs(300);

/// How often a sleeper lets others run before it takes it that they wait, too.
const PATIENCE: usize = 50;

#[derive(Default)]
pub struct State {
    /// Objects by their places. Each is at version "1".
    pub objects: BTreeMap<Location, Stored>,
    pub rows: BTreeMap<String, Upload>,
    /// What each owner uses, as the table counts it.
    pub used: BTreeMap<Owner, Charge>,
    /// What each owner may use.
    pub quota: Quota,
    pub receipts: Vec<Receipt>,
    /// Multipart uploads that were begun, and neither completed nor aborted.
    pub multipart: Vec<InParts>,
    /// How many multipart uploads were ever begun.
    pub begun: usize,
    /// Whether S3 takes longer than an invocation to join parts, once.
    pub joins_slowly: bool,
    /// Whether another writes a row again, as the reconciler does, just before it is updated next.
    pub is_overtaken: bool,
    /// Every event that was sent, as "id detail-type".
    pub events: Vec<String>,
    pub stream: Vec<Vec<u8>>,
    pub letters: Vec<DeadLetter>,
    /// Every transition that was written, as "id STATUS".
    pub transitions: Vec<String>,
    /// Objects that were begun and neither finished nor dropped.
    pub open_sinks: usize,
    /// How long after it was created a finished upload is deleted.
    pub expire_after: Option<Duration>,
    /// Whether writing an object finds the one that an earlier try of the same call wrote.
    pub answers_get_lost: bool,
    /// Whether reads do not find what is there, as in the first minutes of a bucket.
    pub is_young: bool,
    /// The revision of which the next write hangs.
    pub hangs_at: Option<u64>,
    /// Whether each upload is deleted just before its result is written.
    pub deletes_before_results: bool,
    /// When those wake who sleep.
    sleepers: Vec<Timestamp>,
}

#[derive(Clone)]
pub struct Stored {
    pub body: Bytes,
    pub content_type: ContentType,
}

#[derive(Clone, Default)]
pub struct World(testing::World<State>);

impl Deref for World {
    type Target = testing::World<State>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl World {
    pub fn receiver(&self) -> Receiver {
        Receiver {
            objects: Arc::new(self.clone()),
            table: Arc::new(self.clone()),
            stream: Arc::new(self.clone()),
            clock: Arc::new(self.clone()),
            uploads_bucket: UPLOADS.into(),
        }
    }

    pub fn arrivals(&self) -> Arrivals {
        Arrivals {
            objects: Arc::new(self.clone()),
            purge: Arc::new(self.clone()),
            table: Arc::new(self.clone()),
            stream: Arc::new(self.clone()),
            clock: Arc::new(self.clone()),
            uploads_bucket: UPLOADS.into(),
        }
    }

    pub fn removal(&self) -> Removal {
        Removal {
            purge: Arc::new(self.clone()),
            table: Arc::new(self.clone()),
            clock: Arc::new(self.clone()),
            processed_bucket: PROCESSED.into(),
        }
    }

    pub fn reconciler(&self) -> Reconciler {
        Reconciler {
            arrivals: self.arrivals(),
            removal: self.removal(),
            events: Arc::new(self.clone()),
            schedule: self.schedule(),
        }
    }

    pub fn schedule(&self) -> Schedule {
        Schedule {
            reconcile_after: RECONCILE_AFTER,
            expire_after: self.state().expire_after,
        }
    }

    pub fn processing(&self) -> Processing {
        self.processing_with(Uppercase)
    }

    pub fn processing_with(&self, processor: impl Processor) -> Processing {
        Processing {
            processor: Arc::new(processor),
            objects: Arc::new(self.clone()),
            table: Arc::new(self.clone()),
            dead_letters: Arc::new(self.clone()),
            events: Arc::new(self.clone()),
            purge: Arc::new(self.clone()),
            timer: Arc::new(self.clone()),
            processed_bucket: PROCESSED.into(),
        }
    }

    fn write_object(&self, location: &Location, stored: Stored) -> Result<Put, PortError> {
        self.call(|state| {
            if state.objects.contains_key(location) {
                return Put::Exists;
            }
            let object = object(&stored.body);
            state.objects.insert(location.clone(), stored);
            match state.answers_get_lost {
                true => Put::Exists,
                false => Put::Created(object),
            }
        })
    }
}

fn object(body: &[u8]) -> Object {
    Object {
        version: "1".into(),
        size: body.len() as u64,
        checksum: Checksum::Sha256(Sha256Digest::of(body)),
    }
}

#[async_trait]
impl ObjectStore for World {
    async fn put_new(
        &self,
        location: &Location,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Bytes,
    ) -> Result<Put, PortError> {
        assert_eq!(sha256, Sha256Digest::of(&body));
        let content_type = content_type.clone();
        self.write_object(location, Stored { body, content_type })
    }

    async fn newest(&self, location: &Location) -> Result<Option<Object>, PortError> {
        self.call(|state| Some(object(&state.objects.get(location)?.body)))
    }

    fn source(&self, location: &Location, object: &Object) -> Box<dyn Source> {
        Box::new(WorldSource {
            world: self.clone(),
            location: location.clone(),
            object: object.clone(),
        })
    }

    fn sink(&self, location: &Location, content_type: &ContentType) -> Box<dyn Sink> {
        self.state().open_sinks += 1;
        Box::new(WorldSink {
            world: self.clone(),
            location: location.clone(),
            content_type: content_type.clone(),
            body: Vec::new(),
        })
    }
}

struct WorldSource {
    world: World,
    location: Location,
    object: Object,
}

#[async_trait]
impl Source for WorldSource {
    fn size(&self) -> u64 {
        self.object.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Box<dyn Chunks>, ReadError> {
        let stored = self.world.call(|state| {
            let stored = state.objects.get(&self.location).cloned();
            stored.filter(|_| !state.is_young)
        })?;
        let stored = stored.ok_or(ReadError::NoSuchKey)?;
        if self.object.version != "1" {
            return Err(ReadError::NoSuchVersion);
        }
        let range = range.start as usize..range.end as usize;
        Ok(Box::new(WorldChunks(stored.body.slice(range))))
    }
}

/// Chunks of three bytes, so that characters lie across their borders.
struct WorldChunks(Bytes);

#[async_trait]
impl Chunks for WorldChunks {
    async fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        let chunk = self.0.split_to(self.0.len().min(3));
        Ok(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }
}

struct WorldSink {
    world: World,
    location: Location,
    content_type: ContentType,
    body: Vec<u8>,
}

#[async_trait]
impl Sink for WorldSink {
    async fn write(&mut self, bytes: Bytes) -> Result<(), PortError> {
        self.body.extend_from_slice(&bytes);
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<Put, PortError> {
        let stored = Stored {
            body: std::mem::take(&mut self.body).into(),
            content_type: self.content_type.clone(),
        };
        if self.world.state().deletes_before_results {
            let now = self.world.now();
            for row in self.world.state().rows.values_mut() {
                *row = row.deleted(now).unwrap();
            }
        }
        self.world.write_object(&self.location, stored)
    }
}

impl Drop for WorldSink {
    fn drop(&mut self) {
        self.world.state().open_sinks -= 1;
    }
}

#[async_trait]
impl UploadStream for World {
    async fn put(&self, record: &UploadRecord) -> Result<(), PortError> {
        let data = serde_json::to_vec(record).unwrap();
        self.call(|state| state.stream.push(data))
    }
}

#[async_trait]
impl Purge for World {
    async fn remove_all(&self, location: &Location) -> Result<(), PortError> {
        self.call(|state| {
            state.objects.remove(location);
            state.multipart.retain(|it| it.location != *location);
        })
    }
}

#[async_trait]
impl EventBus for World {
    async fn send(&self, event: &UploadEvent) -> Result<(), PortError> {
        let event = format!("{} {}", event.upload_id, event.detail_type);
        self.call(|state| state.events.push(event))
    }
}

#[async_trait]
impl DeadLetterQueue for World {
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError> {
        self.call(|state| state.letters.push(letter.clone()))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// Time passes when everybody sleeps: then the first to wake does.
#[async_trait]
impl Timer for World {
    async fn sleep(&self, duration: Duration) {
        let sleeper = Sleeper::new(self, self.now() + duration);
        loop {
            for _ in 0..PATIENCE {
                tokio::task::yield_now().await;
            }
            let now = self.now();
            let first = self.state().sleepers.iter().min().copied();
            if now < sleeper.wakes && first == Some(sleeper.wakes) {
                let time = sleeper.wakes.duration_since(now);
                self.pass(time.try_into().unwrap());
            }
            if self.now() >= sleeper.wakes {
                return;
            }
        }
    }
}

/// Somebody who sleeps until then, or is no longer waited for.
struct Sleeper<'a> {
    world: &'a World,
    wakes: Timestamp,
}

impl<'a> Sleeper<'a> {
    fn new(world: &'a World, wakes: Timestamp) -> Self {
        world.state().sleepers.push(wakes);
        Self { world, wakes }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut state = self.world.state();
        let at = state.sleepers.iter().position(|wakes| *wakes == self.wakes);
        at.map(|at| state.sleepers.remove(at));
    }
}
