//! An upload as its owner reads it.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{
    Checksum, ContentType, FileName, Location, Stored, Upload, UploadId, UploadState, time,
};

/// The answer to `GET /uploads/{upload_id}`.
#[derive(Serialize)]
pub struct Representation<'a> {
    upload_id: UploadId,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    filename: &'a FileName,
    content_type: &'a ContentType,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(flatten)]
    checksum: Option<&'a Checksum>,
    #[serde(with = "time")]
    created_at: Timestamp,
    #[serde(with = "time")]
    updated_at: Timestamp,
    s3: &'a Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    processed: Option<&'a Stored>,
}

/// Returns the upload as its owner reads it.
pub fn of(upload: &Upload) -> Representation<'_> {
    let (reason, processed) = match &upload.state {
        UploadState::Failed { reason, .. } => (Some(reason.as_str()), None),
        UploadState::Processed { result, .. } => (None, Some(result)),
        _ => (None, None),
    };
    let object = upload.state.object();
    Representation {
        upload_id: upload.upload_id,
        status: upload.state.name(),
        reason,
        filename: &upload.file_name,
        content_type: &upload.content_type,
        size: object.map(|object| object.size),
        checksum: object.map(|object| &object.checksum),
        created_at: upload.created_at,
        updated_at: upload.updated_at,
        s3: &upload.location,
        processed,
    }
}
