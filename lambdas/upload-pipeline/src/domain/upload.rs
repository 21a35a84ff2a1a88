//! An upload and the states it goes through.
//!
//! Each transition is a pure function from one upload to the next, whose `revision` is one
//! higher. A table writes the next only where it still holds the one before, so of two writers
//! one wins and the other learns it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ContentType, FileName, Owner, Sha256Digest, UploadId};

/// A version of an object in a versioned bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectVersion {
    /// Name of the bucket.
    pub bucket: String,
    /// Key in the bucket.
    pub key: String,
    /// S3's id of the version.
    pub version: String,
}

/// What an acknowledged upload is, from its first byte to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Whose it is.
    pub owner: Owner,
    /// Which of its owner's it is.
    pub upload_id: UploadId,
    /// The name its owner gave it.
    pub file_name: FileName,
    /// Where its bytes are.
    pub object: ObjectVersion,
    /// How many bytes.
    pub size: u64,
    /// What the owner says they are.
    pub content_type: ContentType,
    /// Their digest.
    pub sha256: Sha256Digest,
    /// When it was taken.
    pub uploaded_at: Timestamp,
    /// The request that brought it.
    pub request_id: String,
    /// When its state changed last.
    pub updated_at: Timestamp,
    /// How often its state changed, plus one.
    pub revision: u64,
    /// Where it stands.
    pub state: UploadState,
}

/// Where an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadState {
    /// Its bytes are durable; nobody works on it.
    Received,
    /// Somebody works on it, and owns it until the lease expires.
    Processing {
        /// From when on another may take it over.
        lease_expires_at: Timestamp,
    },
    /// Done.
    Processed(Processed),
    /// It cannot be done.
    Failed {
        /// Why, for its owner.
        reason: String,
    },
}

/// What processing an upload gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processed {
    /// Bucket of the result.
    pub bucket: String,
    /// Key of the result.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256Digest,
    /// When it was written.
    pub processed_at: Timestamp,
}

/// Why an upload cannot be leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseRefusal {
    /// It is PROCESSED or FAILED: there is nothing left to do.
    Finished,
    /// Another works on it until then.
    Held(Timestamp),
}

impl UploadState {
    /// The state's name, as DynamoDB and the API show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Processing { .. } => "PROCESSING",
            Self::Processed(_) => "PROCESSED",
            Self::Failed { .. } => "FAILED",
        }
    }
}

impl Upload {
    /// Takes the upload to work on it until `expires_at`.
    ///
    /// # Errors
    /// When there is nothing to do, or another is doing it.
    pub fn lease(&self, now: Timestamp, expires_at: Timestamp) -> Result<Self, LeaseRefusal> {
        match self.state {
            UploadState::Processed(_) | UploadState::Failed { .. } => Err(LeaseRefusal::Finished),
            UploadState::Processing { lease_expires_at } if now < lease_expires_at => {
                Err(LeaseRefusal::Held(lease_expires_at))
            }
            UploadState::Received | UploadState::Processing { .. } => Ok(self.next(
                now,
                UploadState::Processing {
                    lease_expires_at: expires_at,
                },
            )),
        }
    }

    /// Gives a lease back before its time, so that a retry need not wait for its end.
    #[must_use]
    pub fn release(&self, now: Timestamp) -> Self {
        self.next(
            now,
            UploadState::Processing {
                lease_expires_at: now,
            },
        )
    }

    /// The work is done.
    #[must_use]
    pub fn complete(&self, processed: Processed) -> Self {
        self.next(processed.processed_at, UploadState::Processed(processed))
    }

    /// The work cannot be done.
    #[must_use]
    pub fn fail(&self, now: Timestamp, reason: impl Into<String>) -> Self {
        self.next(
            now,
            UploadState::Failed {
                reason: reason.into(),
            },
        )
    }

    fn next(&self, now: Timestamp, state: UploadState) -> Self {
        Self {
            revision: self.revision + 1,
            updated_at: now,
            state,
            ..self.clone()
        }
    }
}

/// Key of an upload's bytes.
pub fn upload_key(owner: &Owner, upload_id: UploadId, file_name: &FileName) -> String {
    format!("uploads/{owner}/{upload_id}/{file_name}")
}

/// Key of what processing makes of them.
pub fn processed_key(owner: &Owner, upload_id: UploadId, file_name: &FileName) -> String {
    format!("processed/{owner}/{upload_id}/{file_name}")
}

/// The file name at the end of an upload's key, if the key is that owner's upload's.
pub fn file_name_of_key(key: &str, owner: &Owner, upload_id: UploadId) -> Option<FileName> {
    let name = key.strip_prefix(&format!("uploads/{owner}/{upload_id}/"))?;
    // A name that normalisation would change is not the name in the key.
    FileName::parse(name)
        .ok()
        .filter(|parsed| parsed.as_str() == name)
}
