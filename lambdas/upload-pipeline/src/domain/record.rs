//! The record on the stream, version 1: "an upload was received". It is a pointer: the row, which
//! is written first, holds everything else. Its partition key is the upload's id.

use function_kit::Owner;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Object, Upload, UploadId};

/// The version that this code writes and reads.
pub const RECORD_VERSION: u64 = 1;

/// An upload as the stream tells of it. Fields that it does not name are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UploadRecord {
    version: u64,
    /// Which upload.
    pub upload_id: UploadId,
    /// Whose.
    pub owner: Owner,
    /// S3's id of the version that was received.
    pub object_version: String,
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
    /// The upload that it names, where that can be told.
    pub upload: Option<(Owner, UploadId)>,
}

impl InvalidRecord {
    fn new(mut reason: String, upload: Option<(Owner, UploadId)>) -> Self {
        reason.truncate(reason.floor_char_boundary(MAX_REASON_BYTES));
        Self { reason, upload }
    }
}

impl UploadRecord {
    /// Returns the record that tells of the upload's bytes.
    pub fn new(upload: &Upload, object: &Object) -> Self {
        Self {
            version: RECORD_VERSION,
            upload_id: upload.upload_id,
            owner: upload.owner.clone(),
            object_version: object.version.clone(),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// What is wrong with it; retrying does not help.
    pub fn decode(data: &[u8]) -> Result<Self, InvalidRecord> {
        let value: Value = serde_json::from_slice(data).map_err(|error| {
            InvalidRecord::new(format!("the record is not JSON: {error}"), None)
        })?;
        Self::check_version(&value)
            .and_then(|()| {
                serde_path_to_error::deserialize(&value)
                    .map_err(|error| format!("the record is not valid: {error}"))
            })
            .map_err(|reason| InvalidRecord::new(reason, upload_named_by(&value)))
    }

    fn check_version(value: &Value) -> Result<(), String> {
        match value.get("version") {
            Some(version) if version.as_u64() == Some(RECORD_VERSION) => Ok(()),
            Some(version) => Err(format!("the record's version {version} is not known")),
            None => Err("the record has no version".to_owned()),
        }
    }

    /// Returns whether the row knows of the bytes that the record tells of.
    pub fn is_vouched_for(&self, row: &Upload) -> bool {
        let object = row.state.object();
        object.is_some_and(|object| object.version == self.object_version)
    }
}

/// Reads as much of an invalid record as says which upload it is about.
fn upload_named_by(value: &Value) -> Option<(Owner, UploadId)> {
    let owner = Owner::deserialize(value.get("owner")?).ok()?;
    let upload_id = UploadId::deserialize(value.get("upload_id")?).ok()?;
    Some((owner, upload_id))
}
