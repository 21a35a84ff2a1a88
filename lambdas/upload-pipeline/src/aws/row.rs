//! An upload's row: the upload as it is serialized, and what its index needs. Other rows of its
//! owner are beside it, under sort keys that are no ids: see [`quota_key`] and [`request_key`].

use function_kit::aws::table::{Row as Attributes, key, text};
use function_kit::text::chain;
use serde::Serialize;

use crate::domain::{IdempotencyKey, Owner, Schedule, Upload, UploadId, time};
use crate::ports::PortError;

/// Partition key.
pub const OWNER: &str = "owner";
/// Sort key.
pub const UPLOAD_ID: &str = "upload_id";
/// What conditional writes compare.
pub const REVISION: &str = "revision";
/// Partition key of the index of the same name.
pub const UNFINISHED: &str = "unfinished";
/// Sort key of that index.
pub const DUE_AT: &str = "due_at";
/// What is above every sort key of an upload, which begins with a hexadecimal digit.
pub const ABOVE_ALL_IDS: &str = "g";

/// A row to be written.
#[derive(Serialize)]
pub struct Row<'a> {
    #[serde(flatten)]
    upload: &'a Upload,
    #[serde(flatten)]
    unfinished: Option<Unfinished>,
}

/// The keys of the sparse index `unfinished`, which only uploads have that somebody has to look
/// after.
#[derive(Serialize)]
struct Unfinished {
    /// Partition key: the last hexadecimal digit of the id. A single partition would take 1,000 writes a
    /// second, and then the index would hold up the writes of the table ("Using Global Secondary
    /// Indexes in DynamoDB").
    unfinished: String,
    /// Sort key: when somebody should look after the upload.
    due_at: String,
}

impl<'a> Row<'a> {
    /// Returns the upload's row, due as the schedule says.
    pub fn of(upload: &'a Upload, schedule: &Schedule) -> Self {
        let unfinished = schedule.due(upload).map(|due_at| Unfinished {
            unfinished: last_digit(upload.upload_id),
            due_at: time::text(due_at),
        });
        Self { upload, unfinished }
    }
}

fn last_digit(id: UploadId) -> String {
    id.to_string().split_off(35)
}

/// Returns the key of the row that counts what the owner's uploads take of the quota.
pub fn quota_key(owner: &Owner) -> Attributes {
    key([(OWNER, text(owner)), (UPLOAD_ID, text("quota"))])
}

/// Returns the key of a receipt's row.
pub fn request_key(owner: &Owner, request: &IdempotencyKey) -> Attributes {
    let sort_key = text(format_args!("request#{request}"));
    key([(OWNER, text(owner)), (UPLOAD_ID, sort_key)])
}

/// Returns the key of an upload's row.
pub fn upload_key(owner: &Owner, id: UploadId) -> Attributes {
    key([(OWNER, text(owner)), (UPLOAD_ID, text(id))])
}

/// Returns the only attribute without which `read` fails otherwise than with it: the one that makes
/// no sense, where the error does not say so.
pub fn attribute_at_fault<T>(
    row: &Attributes,
    read: impl Fn(Attributes) -> Result<T, PortError>,
) -> Option<&str> {
    let error_of = |row| read(row).err().map(|error| chain(&error));
    let error = error_of(row.clone());
    let mut at_fault = row.keys().filter(|name| {
        let mut rest = row.clone();
        rest.remove(*name);
        error_of(rest) != error
    });
    let first = at_fault.next()?;
    at_fault.next().is_none().then_some(first)
}

#[cfg(test)]
pub mod tests {
    use std::time::Duration;

    use aws_sdk_dynamodb::types::AttributeValue;
    use function_kit::Id;
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{
        Announced, Checksum, FileName, Lease, Location, Multipart, Object, Sha256Digest, Stored,
        UploadState,
    };

    const SCHEDULE: Schedule = Schedule {
        reconcile_after: Duration::from_secs(300),
        expire_after: None,
    };

    fn of(upload: &Upload) -> Attributes {
        serde_dynamo::to_item(Row::of(upload, &SCHEDULE)).unwrap()
    }

    fn read(row: Attributes) -> Result<Upload, serde_dynamo::Error> {
        serde_dynamo::from_item(row)
    }

    pub fn upload(state: UploadState) -> Upload {
        let now = Timestamp::from_millisecond(1_763_708_400_120).unwrap();
        Upload {
            owner: "owner".parse().unwrap(),
            upload_id: Id::generate(),
            file_name: FileName::parse("ü.txt").unwrap(),
            content_type: Default::default(),
            location: Location {
                bucket: "b".into(),
                key: "k".into(),
            },
            created_at: now,
            request_id: "r".into(),
            updated_at: now,
            revision: 7,
            state,
        }
    }

    fn states() -> Vec<UploadState> {
        let object = Object {
            version: "v".into(),
            // S3's largest object, in bytes.
            size: 50 << 40,
            checksum: Checksum::Sha256(Sha256Digest::of(b"x")),
        };
        let time = Timestamp::from_second(1_763_708_400).unwrap();
        let lease = Lease {
            holder: Id::generate(),
            expires_at: time,
            tries: 2,
        };
        let stored = Stored {
            location: Location {
                bucket: "p".into(),
                key: "k".into(),
            },
            object: Object {
                checksum: Checksum::Composite("x-2".into()),
                ..object.clone()
            },
        };
        let pending = |sha256, multipart| UploadState::Pending {
            open_until: time,
            announced: Announced { size: 1, sha256 },
            multipart,
        };
        let multipart = |id| Multipart {
            id,
            part_size: 8 << 20,
        };
        let failed = |object, unannounced| UploadState::Failed {
            object,
            reason: "r".into(),
            unannounced,
        };
        let deleted = |purged| UploadState::Deleted {
            purge_until: time,
            purged,
        };
        vec![
            pending(Some(Sha256Digest::of(b"x")), None),
            pending(None, Some(multipart(Some("m".into())))),
            UploadState::Received {
                object: object.clone(),
            },
            UploadState::Processing {
                object: object.clone(),
                lease,
            },
            UploadState::Processed {
                object: object.clone(),
                result: stored,
            },
            failed(None, true),
            failed(Some(object), false),
            deleted(false),
            deleted(true),
        ]
    }

    #[test]
    fn an_upload_in_each_state_survives_its_row() {
        for state in states() {
            let upload = upload(state);
            assert_eq!(read(of(&upload)).unwrap(), upload);
        }
    }

    #[test]
    fn only_uploads_that_are_due_some_day_are_in_the_index_sorted_by_that_day() {
        for state in states() {
            let upload = upload(state);
            let row = of(&upload);
            assert_eq!(row.contains_key(UNFINISHED), row.contains_key(DUE_AT));
            let due_at = row.get(DUE_AT).map(|value| value.as_s().unwrap().clone());
            assert_eq!(due_at, SCHEDULE.due(&upload).map(time::text));
            assert_eq!(
                row["updated_at"].as_s().unwrap(),
                "2025-11-21T07:00:00.120Z"
            );
        }
    }

    /// What new uploads must be, old rows need not be.
    #[test]
    fn a_row_of_an_earlier_version_is_read() {
        let mut row = of(&upload(states().remove(2)));
        for (name, value) in [
            ("file_name", "-=\u{202e}../x"),
            ("content_type", "no type"),
            ("owner", "auth0|1"),
            ("updated_at", "2026-01-02T03:04:05Z"),
        ] {
            row.insert(name.into(), AttributeValue::S(value.into()));
        }
        let upload = read(row).unwrap();
        assert_eq!(upload.file_name.as_str(), "-=\u{202e}../x");
    }

    #[test]
    fn a_broken_row_names_its_attribute() {
        let mut row = of(&upload(states().remove(2)));
        let read = |row| read(row).map_err(|error| PortError::broken("reading", error));
        assert_eq!(attribute_at_fault(&row, read), None);
        row.insert("revision".into(), AttributeValue::Bool(true));
        assert_eq!(attribute_at_fault(&row, read), Some("revision"));
        let mut row = of(&upload(states().remove(2)));
        row.remove("created_at");
        let error = chain(&read(row).unwrap_err());
        assert!(error.contains("created_at"), "{error}");
    }
}
