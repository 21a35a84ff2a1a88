//! An upload's row: which attribute holds what.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{ObjectVersion, Processed, Upload, UploadState};

/// Attributes by their names.
pub type Row = HashMap<String, AttributeValue>;

/// Partition key.
pub const OWNER: &str = "owner";
/// Sort key.
pub const UPLOAD_ID: &str = "upload_id";
/// What conditional writes compare.
pub const REVISION: &str = "revision";

const FILE_NAME: &str = "file_name";
const BUCKET: &str = "bucket";
const KEY: &str = "key";
const OBJECT_VERSION: &str = "object_version";
const SIZE: &str = "size";
const CONTENT_TYPE: &str = "content_type";
const SHA256: &str = "sha256";
const UPLOADED_AT: &str = "uploaded_at";
const UPDATED_AT: &str = "updated_at";
const REQUEST_ID: &str = "request_id";
const STATUS: &str = "status";
const LEASE_EXPIRES_AT: &str = "lease_expires_at";
const REASON: &str = "reason";
const PROCESSED_BUCKET: &str = "processed_bucket";
const PROCESSED_KEY: &str = "processed_key";
const PROCESSED_SIZE: &str = "processed_size";
const PROCESSED_SHA256: &str = "processed_sha256";
const PROCESSED_AT: &str = "processed_at";

/// A row that is not an upload's.
#[derive(Debug, thiserror::Error)]
#[error("attribute {attribute} of the row is {problem}")]
pub struct InvalidRow {
    attribute: &'static str,
    problem: &'static str,
}

/// The row of an upload.
pub fn of(upload: &Upload) -> Row {
    let mut row = Row::new();
    put_text(&mut row, OWNER, &upload.owner);
    put_text(&mut row, UPLOAD_ID, upload.upload_id);
    put_text(&mut row, FILE_NAME, &upload.file_name);
    put_text(&mut row, BUCKET, &upload.object.bucket);
    put_text(&mut row, KEY, &upload.object.key);
    put_text(&mut row, OBJECT_VERSION, &upload.object.version);
    put_number(&mut row, SIZE, upload.size);
    put_text(&mut row, CONTENT_TYPE, &upload.content_type);
    put_text(&mut row, SHA256, upload.sha256);
    put_text(&mut row, UPLOADED_AT, upload.uploaded_at);
    put_text(&mut row, UPDATED_AT, upload.updated_at);
    put_text(&mut row, REQUEST_ID, &upload.request_id);
    put_number(&mut row, REVISION, upload.revision);
    put_text(&mut row, STATUS, upload.state.name());
    match &upload.state {
        UploadState::Received => {}
        UploadState::Processing { lease_expires_at } => {
            put_text(&mut row, LEASE_EXPIRES_AT, lease_expires_at);
        }
        UploadState::Processed(processed) => {
            put_text(&mut row, PROCESSED_BUCKET, &processed.bucket);
            put_text(&mut row, PROCESSED_KEY, &processed.key);
            put_number(&mut row, PROCESSED_SIZE, processed.size);
            put_text(&mut row, PROCESSED_SHA256, processed.sha256);
            put_text(&mut row, PROCESSED_AT, processed.processed_at);
        }
        UploadState::Failed { reason } => put_text(&mut row, REASON, reason),
    }
    row
}

/// The upload of a row. Attributes that it does not know are ignored.
///
/// # Errors
/// When an attribute is absent, or is not what it should be.
pub fn read(row: &Row) -> Result<Upload, InvalidRow> {
    Ok(Upload {
        owner: checked(row, OWNER)?,
        upload_id: checked(row, UPLOAD_ID)?,
        file_name: checked(row, FILE_NAME)?,
        object: ObjectVersion {
            bucket: text(row, BUCKET)?,
            key: text(row, KEY)?,
            version: text(row, OBJECT_VERSION)?,
        },
        size: number(row, SIZE)?,
        content_type: checked(row, CONTENT_TYPE)?,
        sha256: checked(row, SHA256)?,
        uploaded_at: time(row, UPLOADED_AT)?,
        request_id: text(row, REQUEST_ID)?,
        updated_at: time(row, UPDATED_AT)?,
        revision: number(row, REVISION)?,
        state: state(row)?,
    })
}

fn state(row: &Row) -> Result<UploadState, InvalidRow> {
    match text(row, STATUS)?.as_str() {
        "RECEIVED" => Ok(UploadState::Received),
        "PROCESSING" => Ok(UploadState::Processing {
            lease_expires_at: time(row, LEASE_EXPIRES_AT)?,
        }),
        "PROCESSED" => Ok(UploadState::Processed(Processed {
            bucket: text(row, PROCESSED_BUCKET)?,
            key: text(row, PROCESSED_KEY)?,
            size: number(row, PROCESSED_SIZE)?,
            sha256: checked(row, PROCESSED_SHA256)?,
            processed_at: time(row, PROCESSED_AT)?,
        })),
        "FAILED" => Ok(UploadState::Failed {
            reason: text(row, REASON)?,
        }),
        _ => Err(unusable(STATUS)),
    }
}

fn put_text(row: &mut Row, attribute: &str, value: impl ToString) {
    row.insert(attribute.to_owned(), AttributeValue::S(value.to_string()));
}

fn put_number(row: &mut Row, attribute: &str, value: u64) {
    row.insert(attribute.to_owned(), AttributeValue::N(value.to_string()));
}

fn text(row: &Row, attribute: &'static str) -> Result<String, InvalidRow> {
    let value = row.get(attribute).ok_or(InvalidRow {
        attribute,
        problem: "absent",
    })?;
    value.as_s().cloned().map_err(|_| unusable(attribute))
}

fn checked<T: TryFrom<String>>(row: &Row, attribute: &'static str) -> Result<T, InvalidRow> {
    T::try_from(text(row, attribute)?).map_err(|_| unusable(attribute))
}

fn time(row: &Row, attribute: &'static str) -> Result<jiff::Timestamp, InvalidRow> {
    text(row, attribute)?
        .parse()
        .map_err(|_| unusable(attribute))
}

fn number(row: &Row, attribute: &'static str) -> Result<u64, InvalidRow> {
    row.get(attribute)
        .and_then(|value| value.as_n().ok()?.parse().ok())
        .ok_or_else(|| unusable(attribute))
}

fn unusable(attribute: &'static str) -> InvalidRow {
    InvalidRow {
        attribute,
        problem: "not what an upload's row holds there",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FileName, Owner, Sha256Digest, UploadId};

    fn upload(state: UploadState) -> Upload {
        Upload {
            owner: Owner::try_from("owner".to_owned()).unwrap(),
            upload_id: UploadId::generate(),
            file_name: FileName::parse("ü.txt").unwrap(),
            object: ObjectVersion {
                bucket: "b".into(),
                key: "k".into(),
                version: "v".into(),
            },
            size: u64::MAX,
            content_type: Default::default(),
            sha256: Sha256Digest::of(b""),
            uploaded_at: jiff::Timestamp::now(),
            request_id: "r".into(),
            updated_at: jiff::Timestamp::now(),
            revision: 7,
            state,
        }
    }

    #[test]
    fn an_upload_in_each_state_survives_its_row() {
        let processed = Processed {
            bucket: "p".into(),
            key: "k".into(),
            size: 3,
            sha256: Sha256Digest::of(b"x"),
            processed_at: jiff::Timestamp::now(),
        };
        for state in [
            UploadState::Received,
            UploadState::Processing {
                lease_expires_at: jiff::Timestamp::now(),
            },
            UploadState::Processed(processed),
            UploadState::Failed { reason: "r".into() },
        ] {
            let upload = upload(state);
            assert_eq!(read(&of(&upload)).unwrap(), upload);
        }
    }

    #[test]
    fn a_broken_row_names_its_attribute() {
        let mut row = of(&upload(UploadState::Received));
        row.remove(SHA256);
        assert!(read(&row).unwrap_err().to_string().contains(SHA256));
        put_text(&mut row, SHA256, "x");
        assert!(read(&row).unwrap_err().to_string().contains(SHA256));
    }
}
