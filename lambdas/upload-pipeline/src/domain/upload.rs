//! An upload and the states it goes through.
//!
//! ```text
//! PENDING ─▶ RECEIVED ─▶ PROCESSING ─▶ PROCESSED | FAILED ; any ─▶ DELETED
//! ```
//!
//! A state carries what is known in it. Each transition is a pure function from one upload to the
//! next, whose `revision` is one higher: see also [`transitions`](super::transitions). A table writes the next only where it still holds the one
//! before, so of two writers one wins and the other learns it. Only a [`Leased`] upload becomes
//! PROCESSED.
//!
//! The types are serialized as the table's row holds them, and deserialization accepts whatever an
//! earlier version wrote: rules for new input do not apply to stored uploads.

use function_kit::{Id, Owner};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ContentType, FileName, Location, Object, Sha256Digest, Stored, time};

/// How often the work on an upload may end without a result or an orderly release, because the
/// function crashed, panicked or ran out of time. After that the upload fails: the next try would
/// end the same way, and block the uploads behind it.
pub const MAX_TRIES: u32 = 5;

/// The id of an upload.
pub type UploadId = Id<Upload>;

/// The id of one try to process an upload.
pub type HolderId = Id<Lease>;

/// The right to work on an upload, until it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// The try whose lease it is, which finds it in the row when the answer to a write was lost.
    pub holder: HolderId,
    /// When another may take the upload over.
    #[serde(with = "time")]
    pub expires_at: Timestamp,
    /// Tries that began and were not released in order, this one included.
    pub tries: u32,
}

/// An upload, from its announcement to its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Upload {
    /// Its owner.
    pub owner: Owner,
    /// Its id among its owner's.
    pub upload_id: UploadId,
    /// The name its owner gave it.
    pub file_name: FileName,
    /// The media type its owner declared.
    pub content_type: ContentType,
    /// The place of its bytes.
    #[serde(flatten)]
    pub location: Location,
    /// When it was announced, or received without that.
    #[serde(with = "time")]
    pub created_at: Timestamp,
    /// The request that brought it.
    pub request_id: String,
    /// When the row was written last.
    #[serde(with = "time")]
    pub updated_at: Timestamp,
    /// How often the row was written.
    pub revision: u64,
    /// Its state.
    #[serde(flatten)]
    pub state: UploadState,
}

/// The bytes that an upload was announced with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Announced {
    /// Size in bytes.
    pub size: u64,
    /// Digest of the whole content, if the client told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256Digest>,
}

/// How the bytes of a large upload arrive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Multipart {
    /// S3's id of the multipart upload, once it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Size of each part but the last, in bytes.
    pub part_size: u64,
}

/// The state of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UploadState {
    /// It was announced, and its bytes have not arrived.
    Pending {
        /// Until when URLs are signed for them.
        #[serde(with = "time")]
        open_until: Timestamp,
        /// What was announced.
        announced: Announced,
        /// The multipart upload that brings them, where it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        multipart: Option<Multipart>,
    },
    /// Its bytes are durable; nobody works on it.
    Received {
        /// The bytes.
        object: Object,
    },
    /// Somebody works on it, or died over it.
    Processing {
        /// The bytes.
        object: Object,
        /// Who may work on it until when.
        lease: Lease,
    },
    /// Its result is durable.
    Processed {
        /// The bytes.
        object: Object,
        /// What they became.
        result: Stored,
    },
    /// It has no result and never will.
    Failed {
        /// The bytes, if they ever arrived.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<Object>,
        /// Why, for its owner.
        reason: String,
        /// Whether the reconciler still has to send the event that tells of it.
        #[serde(default, skip_serializing_if = "is_false")]
        unannounced: bool,
    },
    /// Its owner deleted it, or its time was over. The row is a tombstone.
    Deleted {
        /// When nothing can write its objects any more, and they are removed for the last time.
        #[serde(with = "time")]
        purge_until: Timestamp,
        /// Whether they were.
        purged: bool,
    },
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Why nobody may work on an upload now, nor fail it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseRefusal {
    /// Its bytes have not arrived.
    NotReceived,
    /// It is PROCESSED, FAILED or DELETED: there is nothing left to do.
    Finished,
    /// Another works on it until then, or longer.
    Held(Timestamp),
    /// [`MAX_TRIES`] have ended without a result.
    Exhausted,
}

impl UploadState {
    /// Returns the state's name, as DynamoDB and the API show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "PENDING",
            Self::Received { .. } => "RECEIVED",
            Self::Processing { .. } => "PROCESSING",
            Self::Processed { .. } => "PROCESSED",
            Self::Failed { .. } => "FAILED",
            Self::Deleted { .. } => "DELETED",
        }
    }

    /// Returns whether nobody will work on the upload any more.
    pub fn is_finished(&self) -> bool {
        match self {
            Self::Pending { .. } | Self::Received { .. } | Self::Processing { .. } => false,
            Self::Processed { .. } | Self::Failed { .. } | Self::Deleted { .. } => true,
        }
    }

    /// Returns the upload's bytes, if they have arrived.
    pub fn object(&self) -> Option<&Object> {
        match self {
            Self::Pending { .. } | Self::Deleted { .. } => None,
            Self::Received { object }
            | Self::Processing { object, .. }
            | Self::Processed { object, .. } => Some(object),
            Self::Failed { object, .. } => object.as_ref(),
        }
    }
}

impl Upload {
    /// Leases the upload to `holder`, who may work on it until `expires_at`.
    ///
    /// # Errors
    /// When there is nothing to do, or another is doing it.
    pub fn lease(
        &self,
        holder: HolderId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Leased, LeaseRefusal> {
        self.check_idle(now)?;
        let (object, tries) = match &self.state {
            UploadState::Pending { .. } => return Err(LeaseRefusal::NotReceived),
            UploadState::Processing { lease, .. } if lease.tries >= MAX_TRIES => {
                return Err(LeaseRefusal::Exhausted);
            }
            UploadState::Processing { object, lease } => (object, lease.tries),
            UploadState::Received { object } => (object, 0),
            UploadState::Processed { .. }
            | UploadState::Failed { .. }
            | UploadState::Deleted { .. } => return Err(LeaseRefusal::Finished),
        };
        let lease = Lease {
            holder,
            expires_at,
            tries: tries + 1,
        };
        Ok(Leased::of(self, now, object.clone(), lease))
    }

    /// Fails an upload whose bytes have arrived and that nobody works on.
    ///
    /// # Errors
    /// When they have not, or the upload is finished or leased.
    pub fn fail(&self, now: Timestamp, reason: &str) -> Result<Self, LeaseRefusal> {
        self.check_idle(now)?;
        match self.state {
            UploadState::Pending { .. } => Err(LeaseRefusal::NotReceived),
            _ => Ok(self.failed(now, reason)),
        }
    }

    /// Returns when the lease of whoever works on the upload expires, if somebody does.
    pub fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.state {
            UploadState::Processing { lease, .. } => Some(lease.expires_at).filter(|t| now < *t),
            _ => None,
        }
    }

    fn check_idle(&self, now: Timestamp) -> Result<(), LeaseRefusal> {
        match self.held_until(now) {
            Some(until) => Err(LeaseRefusal::Held(until)),
            None if self.state.is_finished() => Err(LeaseRefusal::Finished),
            None => Ok(()),
        }
    }

    fn failed(&self, now: Timestamp, reason: &str) -> Self {
        let failed = UploadState::Failed {
            object: self.state.object().cloned(),
            reason: reason.to_owned(),
            unannounced: false,
        };
        self.next(now, failed)
    }

    pub(super) fn next(&self, now: Timestamp, state: UploadState) -> Self {
        Self {
            revision: self.revision + 1,
            updated_at: now,
            state,
            ..self.clone()
        }
    }
}

/// An upload whose lease is the holder's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Leased {
    upload: Upload,
    object: Object,
    lease: Lease,
}

impl Leased {
    fn of(before: &Upload, now: Timestamp, object: Object, lease: Lease) -> Self {
        let state = UploadState::Processing {
            object: object.clone(),
            lease,
        };
        Self {
            upload: before.next(now, state),
            object,
            lease,
        }
    }

    /// Returns the upload, in the state PROCESSING.
    pub fn upload(&self) -> &Upload {
        &self.upload
    }

    /// Returns the upload, without the right to work on it.
    pub fn into_upload(self) -> Upload {
        self.upload
    }

    /// Returns the bytes to work on.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// Returns the upload as `row` has it, if the lease in it is still this holder's. The row is
    /// ahead when the answer to the holder's last write was lost.
    #[must_use]
    pub fn found_in(&self, row: &Upload) -> Option<Self> {
        match &row.state {
            UploadState::Processing { object, lease } if lease.holder == self.lease.holder => {
                Some(Self {
                    upload: row.clone(),
                    object: object.clone(),
                    lease: *lease,
                })
            }
            _ => None,
        }
    }

    /// Extends the lease.
    #[must_use]
    pub fn renewed(&self, now: Timestamp, expires_at: Timestamp) -> Self {
        let lease = Lease {
            expires_at,
            ..self.lease
        };
        Self::of(&self.upload, now, self.object.clone(), lease)
    }

    /// Ends the lease without a result, for a reason that is not the upload's: the try does not
    /// count.
    #[must_use]
    pub fn released(&self, now: Timestamp) -> Upload {
        self.ended(now, self.lease.tries.saturating_sub(1))
    }

    /// Ends the lease without a result after a try that counts.
    #[must_use]
    pub fn abandoned(&self, now: Timestamp) -> Upload {
        self.ended(now, self.lease.tries)
    }

    fn ended(&self, now: Timestamp, tries: u32) -> Upload {
        let lease = Lease {
            expires_at: now,
            tries,
            ..self.lease
        };
        Self::of(&self.upload, now, self.object.clone(), lease).into_upload()
    }

    /// Ends the work with its result.
    #[must_use]
    pub fn processed(&self, now: Timestamp, result: Stored) -> Upload {
        let object = self.object.clone();
        self.upload
            .next(now, UploadState::Processed { object, result })
    }

    /// Ends the work: there will be no result.
    #[must_use]
    pub fn failed(&self, now: Timestamp, reason: &str) -> Upload {
        self.upload.failed(now, reason)
    }
}

/// Returns the key of an upload's bytes.
pub fn upload_key(owner: &Owner, upload_id: UploadId, file_name: &FileName) -> String {
    format!("uploads/{owner}/{upload_id}/{file_name}")
}

/// Returns the key of an upload's result.
pub fn processed_key(upload: &Upload) -> String {
    let Upload {
        owner,
        upload_id,
        file_name,
        ..
    } = upload;
    format!("processed/{owner}/{upload_id}/{file_name}")
}
