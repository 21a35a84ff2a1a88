//! What other systems are told of uploads, version 1: events on a bus, each sent at least once.

use function_kit::Owner;
use jiff::Timestamp;
use serde::Serialize;

use super::{ContentType, FileName, Location, Stored, Upload, UploadId, UploadState, time};

/// Source of all events of uploads.
pub const SOURCE: &str = "rustlambda.uploads";

/// The version that this code writes.
const VERSION: u8 = 1;

/// An upload as an event tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadEvent {
    /// `UploadReceived`, `UploadProcessed` or `UploadFailed`.
    #[serde(skip)]
    pub detail_type: &'static str,
    version: u8,
    /// Which upload.
    pub upload_id: UploadId,
    /// Whose.
    pub owner: Owner,
    filename: FileName,
    content_type: ContentType,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    s3: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    processed: Option<Stored>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(with = "time")]
    at: Timestamp,
}

impl UploadEvent {
    /// Returns the event that tells of the upload's state, if one does: of RECEIVED, PROCESSED and
    /// FAILED.
    pub fn of(upload: &Upload) -> Option<Self> {
        let (detail_type, processed, reason) = match &upload.state {
            UploadState::Received { .. } => ("UploadReceived", None, None),
            UploadState::Processed { result, .. } => ("UploadProcessed", Some(result), None),
            UploadState::Failed { reason, .. } => ("UploadFailed", None, Some(reason)),
            UploadState::Pending { .. }
            | UploadState::Processing { .. }
            | UploadState::Deleted { .. } => return None,
        };
        Some(Self {
            detail_type,
            version: VERSION,
            upload_id: upload.upload_id,
            owner: upload.owner.clone(),
            filename: upload.file_name.clone(),
            content_type: upload.content_type.clone(),
            size: upload.state.object().map(|object| object.size),
            s3: upload.location.clone(),
            processed: processed.cloned(),
            reason: reason.cloned(),
            at: upload.updated_at,
        })
    }
}
