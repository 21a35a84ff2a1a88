//! An upload as its owner reads it.

use jiff::Timestamp;
use serde::Serialize;

use crate::direct::downloads::Downloads;
use crate::direct::plan;
use crate::domain::{
    Announced, Checksum, ContentType, FileName, Location, Stored, Upload, UploadId, UploadState,
    time,
};

/// An upload. What is not known, or not there yet, is left out.
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
    checksum: Option<Checksum>,
    #[serde(with = "time")]
    created_at: Timestamp,
    #[serde(with = "time")]
    updated_at: Timestamp,
    s3: &'a Location,
    #[serde(flatten)]
    awaited: Option<Awaited>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processed: Option<&'a Stored>,
    #[serde(skip_serializing_if = "Option::is_none")]
    download: Option<Downloads>,
}

/// How the bytes of a PENDING upload are to come.
#[derive(Serialize)]
pub struct Awaited {
    #[serde(with = "time")]
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    multipart: Option<Parts>,
}

#[derive(Serialize)]
struct Parts {
    /// Bytes of every part but the last.
    part_size: u64,
    /// Number of parts.
    parts: u16,
}

/// Returns the upload as its owner reads it.
pub fn of(upload: &Upload) -> Representation<'_> {
    let (reason, processed) = match &upload.state {
        UploadState::Failed { reason, .. } => (Some(reason.as_str()), None),
        UploadState::Processed { result, .. } => (None, Some(result)),
        _ => (None, None),
    };
    let (size, checksum) = content(upload);
    Representation {
        upload_id: upload.upload_id,
        status: upload.state.name(),
        reason,
        filename: &upload.file_name,
        content_type: &upload.content_type,
        size,
        checksum,
        created_at: upload.created_at,
        updated_at: upload.updated_at,
        s3: &upload.location,
        awaited: awaited(upload),
        processed,
        download: None,
    }
}

impl Representation<'_> {
    /// Adds where to fetch the upload.
    pub fn with_download(self, download: Option<Downloads>) -> Self {
        Self { download, ..self }
    }
}

/// Returns how the bytes of a PENDING upload are to come.
pub fn awaited(upload: &Upload) -> Option<Awaited> {
    let UploadState::Pending {
        open_until,
        announced,
        multipart,
    } = &upload.state
    else {
        return None;
    };
    let parts = multipart.as_ref().map(|multipart| Parts {
        part_size: multipart.part_size,
        parts: plan::count(announced.size, multipart.part_size),
    });
    Some(Awaited {
        expires_at: *open_until,
        multipart: parts,
    })
}

/// Returns size and checksum of what arrived, or of what was announced.
fn content(upload: &Upload) -> (Option<u64>, Option<Checksum>) {
    match (upload.state.object(), upload.announcement()) {
        (Some(object), _) => (Some(object.size), Some(object.checksum.clone())),
        (None, Some(Announced { size, sha256 })) => (Some(*size), sha256.map(Checksum::Sha256)),
        (None, None) => (None, None),
    }
}
