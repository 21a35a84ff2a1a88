//! What the pipeline needs of the outside world.

use async_trait::async_trait;
pub use function_kit::{Clock, PortError, PortErrorKind, SystemClock};

use crate::domain::{
    ContentType, DeadLetter, ObjectVersion, Owner, Sha256Digest, Upload, UploadId, UploadRecord,
};

/// Answer of a [`ObjectStore::put_new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// The object was written; this is its version.
    Created {
        /// S3's id of the version.
        version: String,
    },
    /// There is an object of that key, which was left alone.
    Exists,
}

/// Answer of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// It was written.
    Done,
    /// Another was first; nothing was written.
    Conflict,
}

/// Buckets of objects.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Writes an object unless there is one of that key. `sha256` is the body's, which the store
    /// verifies.
    async fn put_new(
        &self,
        bucket: &str,
        key: &str,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Vec<u8>,
    ) -> Result<Put, PortError>;

    /// Reads that version of the object, if it exists. Of an object with more than `limit` bytes
    /// it reads no more than one byte beyond that.
    async fn get(&self, object: &ObjectVersion, limit: u64) -> Result<Option<Vec<u8>>, PortError>;
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
