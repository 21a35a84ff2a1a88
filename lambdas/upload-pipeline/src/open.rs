//! Opening an upload: writes its row, its receipt and its share of the quota at once, before any of
//! its bytes. A request that is repeated with its key finds the upload that it made.

use crate::domain::{Exceeded, Receipt, Upload, UploadId};
use crate::ports::{Insert, PortError, PortErrorKind, UploadTable};

/// An upload that was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its owner's quota does not allow it.
    #[error("the upload exceeds its owner's quota: {0:?}")]
    QuotaExceeded(Exceeded),
    /// The key stands for a request with another body.
    #[error("the key stands for another request")]
    KeyReused,
    /// The upload that the key stands for was deleted, or given up without its bytes.
    #[error("the upload that the key stands for was deleted or given up")]
    Gone,
    /// The table did not answer. There may be a row, which nobody was told of: it is given up when
    /// its time is over.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Writes the row of a new upload. Returns the row that stands for its request: this one, or that
/// of an earlier request with the same key and body, unless that was deleted or given up.
///
/// # Errors
/// When there is no such row; nothing was written, unless the table did not answer.
pub async fn open(
    table: &dyn UploadTable,
    upload: Upload,
    receipt: Option<&Receipt>,
) -> Result<Upload, OpenError> {
    let upload_id = match table.insert(&upload, receipt).await? {
        Insert::Done => return Ok(upload),
        Insert::Taken => upload.upload_id,
        Insert::QuotaExceeded(exceeded) => return Err(OpenError::QuotaExceeded(exceeded)),
        Insert::KeyUsed(earlier) if Some(earlier.body) == receipt.map(|receipt| receipt.body) => {
            earlier.upload_id
        }
        Insert::KeyUsed(_) => return Err(OpenError::KeyReused),
    };
    let row = table.find(&upload.owner, upload_id).await?;
    row.filter(|row| !row.is_deleted() && !row.is_given_up())
        .ok_or(OpenError::Gone)
}

/// How often a row is read again that others change meanwhile: the client's own request, S3's event
/// and the reconciler.
pub(crate) const READS: usize = 5;

/// Returns the error for a row that others changed whenever it was to be changed.
pub(crate) fn contended(upload_id: UploadId) -> PortError {
    PortError {
        operation: format!("the change of upload {upload_id}"),
        kind: PortErrorKind::Busy,
        source: "others changed it meanwhile, again and again".into(),
    }
}
