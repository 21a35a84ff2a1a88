//! An upload as its owner reads it.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{
    ContentType, FileName, Processed, Sha256Digest, Upload, UploadId, UploadState,
};

/// Where an object is.
#[derive(Serialize)]
pub struct S3Location<'a> {
    bucket: &'a str,
    key: &'a str,
}

/// The answer to `GET /uploads/{upload_id}`.
#[derive(Serialize)]
pub struct Representation<'a> {
    upload_id: UploadId,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    filename: &'a FileName,
    content_type: &'a ContentType,
    size: u64,
    sha256: Sha256Digest,
    uploaded_at: Timestamp,
    updated_at: Timestamp,
    s3: S3Location<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processed: Option<&'a Processed>,
}

/// The upload as its owner reads it.
pub fn of(upload: &Upload) -> Representation<'_> {
    let (reason, processed) = match &upload.state {
        UploadState::Failed { reason } => (Some(reason.as_str()), None),
        UploadState::Processed(processed) => (None, Some(processed)),
        UploadState::Received | UploadState::Processing { .. } => (None, None),
    };
    Representation {
        upload_id: upload.upload_id,
        status: upload.state.name(),
        reason,
        filename: &upload.file_name,
        content_type: &upload.content_type,
        size: upload.size,
        sha256: upload.sha256,
        uploaded_at: upload.uploaded_at,
        updated_at: upload.updated_at,
        s3: location(upload),
        processed,
    }
}

/// Where the upload's bytes are.
pub fn location(upload: &Upload) -> S3Location<'_> {
    S3Location {
        bucket: &upload.object.bucket,
        key: &upload.object.key,
    }
}
