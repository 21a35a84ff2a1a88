//! What the pipeline needs of the outside world.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
pub use function_kit::{Clock, PortError, PortErrorKind, Write};

use crate::domain::{
    ContentType, DeadLetter, Location, Object, Owner, Sha256Digest, Upload, UploadId, UploadRecord,
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

/// The table of uploads.
#[async_trait]
pub trait UploadTable: Send + Sync {
    /// Writes a new upload, unless its id is taken.
    async fn insert(&self, upload: &Upload) -> Result<Write, PortError>;

    /// Reads an upload as it was last written.
    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError>;

    /// Writes the upload's next state, if the table still holds the revision before.
    async fn update(&self, next: &Upload) -> Result<Write, PortError>;
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

/// What time it is, and waiting.
#[async_trait]
pub trait Timer: Clock {
    /// Waits that long.
    async fn sleep(&self, duration: Duration);
}
