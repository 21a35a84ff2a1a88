//! Uploads whose bytes go from the client to S3 itself: announced, sent with signed requests, and
//! completed. Retries of what failed, too.
//!
//! The row comes first, so that nothing is ever in S3 that no row names.
//!
//! | dies after | leaves | and then |
//! |---|---|---|
//! | the row of an announcement | PENDING | the client announces again with its key, or nothing comes and the reconciler gives it up |
//! | beginning a multipart upload | one that the row does not name | the next request for parts begins another; whatever removes or completes the upload aborts it |
//! | joining the parts | an object, and PENDING | S3's event tells the receiver; a repeated completion finds it |
//! | the row of a retry | RECEIVED, with no record on the stream | the reconciler puts it there |

pub mod announce;
pub mod complete;
pub mod downloads;
pub mod parts;
pub mod plan;

use std::sync::Arc;

use crate::arrive::Arrivals;
use crate::domain::{Owner, Upload, UploadId, UploadRecord, UploadState};
use crate::open::{READS, contended};
use crate::ports::direct::DirectStore;
use crate::ports::{Clock, PortError, UploadStream, UploadTable, Write};

/// How large announced uploads may be, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size above which an upload comes in parts.
    pub multipart_above: u64,
    /// Largest upload.
    pub max_bytes: u64,
}

/// Takes announcements, and what follows from them.
#[derive(Clone)]
pub struct Direct {
    /// Where clients send the bytes.
    pub store: Arc<dyn DirectStore>,
    /// Where the rows are.
    pub table: Arc<dyn UploadTable>,
    /// Where the records go.
    pub stream: Arc<dyn UploadStream>,
    /// Finds what has arrived.
    pub arrivals: Arrivals,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Name of the bucket for the bytes.
    pub uploads_bucket: String,
    /// How large uploads may be.
    pub limits: Limits,
}

/// Why a request about an upload is refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The owner has no such upload.
    #[error("you have no upload of this id")]
    Unknown,
    /// The upload's state does not allow it; this says why, and what to do.
    #[error("{0}")]
    State(String),
    /// There is no part of that number; the upload has that many.
    #[error("must be from 1 to {count}")]
    NoSuchPart {
        /// Place in the request's list.
        index: usize,
        /// Number of parts.
        count: u16,
    },
    /// Parts of these numbers have not arrived: the first of them.
    #[error("parts of the upload have not arrived; send those in missing first")]
    PartsMissing(Vec<u16>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Direct {
    /// Returns the owner's upload, if it was not deleted.
    ///
    /// # Errors
    /// [`Refusal::Unknown`], or when the table does not answer.
    pub async fn find(&self, owner: &Owner, id: UploadId) -> Result<Upload, Refusal> {
        let found = self.table.find(owner, id).await?;
        found
            .filter(|upload| !upload.is_deleted())
            .ok_or(Refusal::Unknown)
    }

    /// Has a failed upload processed once more. One that is being processed stays as it is.
    ///
    /// # Errors
    /// [`Refusal::State`] for an upload without bytes, or with a result; when a port failed.
    pub async fn retry(&self, owner: &Owner, id: UploadId) -> Result<Upload, Refusal> {
        for _ in 0..READS {
            let before = self.find(owner, id).await?;
            if matches!(
                before.state,
                UploadState::Received { .. } | UploadState::Processing { .. }
            ) {
                return Ok(before);
            }
            let retried = before.retried(self.clock.now()).ok_or_else(|| {
                let status = before.state.name();
                let detail = format!("only a FAILED upload whose bytes have arrived can be retried; this one is {status}");
                Refusal::State(detail)
            })?;
            if self.table.update(&before, &retried).await? == Write::Done {
                if let Some(object) = retried.state.object() {
                    self.stream
                        .put(&UploadRecord::new(&retried, object))
                        .await?;
                }
                return Ok(retried);
            }
        }
        Err(contended(id).into())
    }
}
