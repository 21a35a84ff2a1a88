//! The record on the stream, version 1: "an upload was received". Its partition key is the
//! upload's id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::MAX_OBJECT_BYTES;
use super::upload::file_name_of_key;
use super::{ContentType, FileName, ObjectVersion, Owner, Sha256Digest, Upload, UploadId};

/// The version that this code writes and reads.
pub const RECORD_VERSION: u64 = 1;

/// An upload as the stream tells of it. Fields that it does not name are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRecord {
    version: u64,
    /// Which upload.
    pub upload_id: UploadId,
    /// Whose.
    pub owner: Owner,
    bucket: String,
    key: String,
    object_version: String,
    /// Size in bytes.
    pub size: u64,
    /// Media type.
    pub content_type: ContentType,
    /// Digest of the bytes.
    pub sha256: Sha256Digest,
    /// When the upload was taken.
    pub uploaded_at: Timestamp,
    /// The request that brought it.
    pub request_id: String,
}

/// Most bytes of an [`InvalidRecord`]'s reason. It may quote the record, and has its place in a
/// row of the table (400 KB at most, "DynamoDB quotas") and in a message of the queue.
pub const MAX_REASON_BYTES: usize = 1024;

/// A record that no retry makes valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct InvalidRecord {
    /// What is wrong with it.
    pub reason: String,
    /// The upload that it speaks of, where that can be told.
    pub upload: Option<(Owner, UploadId)>,
}

impl InvalidRecord {
    fn new(mut reason: String, upload: Option<(Owner, UploadId)>) -> Self {
        reason.truncate(reason.floor_char_boundary(MAX_REASON_BYTES));
        Self { reason, upload }
    }
}

impl UploadRecord {
    /// The record of an upload that was received.
    pub fn of(upload: &Upload) -> Self {
        Self {
            version: RECORD_VERSION,
            upload_id: upload.upload_id,
            owner: upload.owner.clone(),
            bucket: upload.object.bucket.clone(),
            key: upload.object.key.clone(),
            object_version: upload.object.version.clone(),
            size: upload.size,
            content_type: upload.content_type.clone(),
            sha256: upload.sha256,
            uploaded_at: upload.uploaded_at,
            request_id: upload.request_id.clone(),
        }
    }

    /// Reads a record, and checks that it speaks of an upload in `uploads_bucket` that this code
    /// can process.
    ///
    /// # Errors
    /// What is wrong with it; retrying does not help.
    pub fn decode(data: &[u8], uploads_bucket: &str) -> Result<Self, InvalidRecord> {
        let value: Value = serde_json::from_slice(data).map_err(|error| {
            InvalidRecord::new(format!("the record is not JSON: {error}"), None)
        })?;
        let upload = upload_named_by(&value);
        Self::from_value(value)
            .and_then(|record| record.checked(uploads_bucket))
            .map_err(|reason| InvalidRecord::new(reason, upload))
    }

    fn from_value(value: Value) -> Result<Self, String> {
        match value.get("version") {
            Some(version) if version.as_u64() == Some(RECORD_VERSION) => {}
            Some(version) => return Err(format!("the record's version {version} is not known")),
            None => return Err("the record has no version".to_owned()),
        }
        serde_path_to_error::deserialize(value)
            .map_err(|error| format!("the record is not valid: {error}"))
    }

    fn checked(self, uploads_bucket: &str) -> Result<Self, String> {
        if self.bucket != uploads_bucket {
            return Err(format!(
                "bucket {:?} is not the uploads bucket",
                self.bucket
            ));
        }
        if self.object_version.is_empty() {
            return Err("the record names no object version".to_owned());
        }
        if self.size > MAX_OBJECT_BYTES {
            return Err(format!(
                "the object has {} bytes; at most {MAX_OBJECT_BYTES} are processed",
                self.size
            ));
        }
        if self.file_name().is_none() {
            return Err(format!(
                "key {:?} is not that of a file of upload {}",
                self.key, self.upload_id
            ));
        }
        Ok(self)
    }

    /// The file's name. There is one in every record that was decoded.
    pub fn file_name(&self) -> Option<FileName> {
        file_name_of_key(&self.key, &self.owner, self.upload_id)
    }

    /// Where the bytes are.
    pub fn object(&self) -> ObjectVersion {
        ObjectVersion {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            version: self.object_version.clone(),
        }
    }
}

/// Reads as much of a broken record as says which upload it is about.
fn upload_named_by(value: &Value) -> Option<(Owner, UploadId)> {
    let text = |name| value.get(name)?.as_str().map(str::to_owned);
    let owner = Owner::try_from(text("owner")?).ok()?;
    let upload_id = UploadId::try_from(text("upload_id")?).ok()?;
    Some((owner, upload_id))
}
