//! What the pipeline needs of the outside world.

pub mod direct;

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
pub use function_kit::{Clock, PortError, PortErrorKind, Write};

use jiff::Timestamp;

use crate::domain::{
    ContentType, DeadLetter, Exceeded, IdempotencyKey, Location, Object, Owner, Receipt,
    Sha256Digest, Upload, UploadEvent, UploadId, UploadRecord,
};

/// Outcome of writing an object that must be new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// The object was written.
    Created(Object),
    /// There is an object of that key, which was left alone.
    Exists,
}

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no object of that key. S3 also says so of an object that is there, in the first
    /// minutes of its bucket's versioning ("How S3 Versioning works").
    #[error("the object does not exist")]
    NoSuchKey,
    /// The object has no such version, or has it no more.
    #[error("the object's version does not exist")]
    NoSuchVersion,
    /// The store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Returns the error for an object that kept another from being written, and is not there.
pub fn vanished(location: &Location) -> PortError {
    PortError {
        operation: format!("HeadObject of {}", location.key),
        kind: PortErrorKind::Busy,
        source: "the object existed a moment ago and is not there".into(),
    }
}

/// Buckets of objects.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Writes an object of a few megabytes unless there is one of that key. `sha256` is the
    /// body's, which the store verifies.
    async fn put_new(
        &self,
        location: &Location,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Bytes,
    ) -> Result<Put, PortError>;

    /// Returns the newest version of the object, if there is one.
    async fn newest(&self, location: &Location) -> Result<Option<Object>, PortError>;

    /// Opens a version of an object for reading. Nothing is read yet.
    fn source(&self, location: &Location, object: &Object) -> Box<dyn Source>;

    /// Opens a new object for writing. Nothing is written yet.
    fn sink(&self, location: &Location, content_type: &ContentType) -> Box<dyn Sink>;
}

/// The bytes of one version of an object.
#[async_trait]
pub trait Source: Send + Sync {
    /// Returns how many bytes there are.
    fn size(&self) -> u64;

    /// Reads the bytes of that range.
    async fn read(&self, range: Range<u64>) -> Result<Box<dyn Chunks>, ReadError>;

    /// Reads all bytes.
    async fn stream(&self) -> Result<Box<dyn Chunks>, ReadError> {
        self.read(0..self.size()).await
    }
}

/// Bytes as they arrive.
#[async_trait]
pub trait Chunks: Send {
    /// Returns the next bytes, of any number but zero; nothing, after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, ReadError>;
}

/// An object that is being written. Nothing of it is seen before [`Sink::finish`], and nothing of
/// it stays when it is dropped before.
#[async_trait]
pub trait Sink: Send {
    /// Appends the bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), PortError>;

    /// Makes the object, unless there is one of that key.
    async fn finish(self: Box<Self>) -> Result<Put, PortError>;
}

/// Removal of objects for good.
#[async_trait]
pub trait Purge: Send + Sync {
    /// Removes every version of the object of exactly that key, and every multipart upload of it.
    async fn remove_all(&self, location: &Location) -> Result<(), PortError>;
}

/// Outcome of inserting an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Insert {
    /// It was written.
    Done,
    /// Its owner has an upload of that id: this very one, since ids are random and the answer of an
    /// earlier try may have been lost.
    Taken,
    /// Its owner's quota does not allow it.
    QuotaExceeded(Exceeded),
    /// Its key stands for the upload of an earlier request.
    KeyUsed(Receipt),
}

/// Some of an owner's uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The uploads, the youngest first.
    pub uploads: Vec<Upload>,
    /// Where the next page begins, if there may be one: behind this id, which need not be that of
    /// the last upload here.
    pub next: Option<UploadId>,
}

/// An upload that somebody has to look after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its owner.
    pub owner: Owner,
    /// Its id.
    pub upload_id: UploadId,
    /// Since when.
    pub due_at: Timestamp,
}

/// Number of partitions that uploads which are due are spread over.
pub const DUE_PARTITIONS: u8 = 16;

/// The table of uploads. With each row it keeps what the row's owner uses of the quota.
#[async_trait]
pub trait UploadTable: Send + Sync {
    /// Writes a new upload together with its receipt, unless its id or the receipt's key is taken,
    /// or its owner's quota does not allow it.
    async fn insert(&self, upload: &Upload, receipt: Option<&Receipt>)
    -> Result<Insert, PortError>;

    /// Reads an upload as it was last written.
    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError>;

    /// Writes the upload's next state, if the table still holds the one before.
    async fn update(&self, before: &Upload, next: &Upload) -> Result<Write, PortError>;

    /// Reads an owner's uploads that are not deleted, the youngest first, older than `after`, of
    /// that status if one is given.
    async fn list(
        &self,
        owner: &Owner,
        status: Option<&str>,
        after: Option<UploadId>,
        limit: u8,
    ) -> Result<Listing, PortError>;

    /// Reads which uploads of a partition below [`DUE_PARTITIONS`] are due by then, those that are
    /// due longest first, from behind `after` on. May miss those that were just written.
    async fn due(
        &self,
        partition: u8,
        by: Timestamp,
        after: Option<&Due>,
        limit: u8,
    ) -> Result<Vec<Due>, PortError>;

    /// Reads what a key stands for, if that was not long ago.
    async fn receipt(
        &self,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<Receipt>, PortError>;
}

/// The stream that tells of uploads.
#[async_trait]
pub trait UploadStream: Send + Sync {
    /// Puts a record on the stream, at least once.
    async fn put(&self, record: &UploadRecord) -> Result<(), PortError>;
}

/// The queue of what cannot be processed.
#[async_trait]
pub trait DeadLetterQueue: Send + Sync {
    /// Sends a dead letter, at least once.
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError>;
}

/// The bus that tells other systems of uploads.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Sends an event, at least once.
    async fn send(&self, event: &UploadEvent) -> Result<(), PortError>;
}

/// What time it is, and waiting.
#[async_trait]
pub trait Timer: Clock {
    /// Waits that long.
    async fn sleep(&self, duration: Duration);
}
