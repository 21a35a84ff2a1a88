//! An upload's row: the upload as it is serialized, and what its index needs.

use serde::Serialize;

use crate::domain::{Upload, time};

/// Partition key.
pub const OWNER: &str = "owner";
/// Sort key.
pub const UPLOAD_ID: &str = "upload_id";
/// What conditional writes compare.
pub const REVISION: &str = "revision";

/// A row to be written.
#[derive(Serialize)]
pub struct Row<'a> {
    #[serde(flatten)]
    upload: &'a Upload,
    #[serde(flatten)]
    unfinished: Option<Unfinished>,
}

/// The keys of the sparse index `unfinished`, which only unfinished uploads have.
#[derive(Serialize)]
struct Unfinished {
    /// Partition key: the last digit of the id. A single partition would take 1,000 writes a
    /// second, and then the index would hold up the writes of the table ("Using Global Secondary
    /// Indexes in DynamoDB").
    unfinished: String,
    /// Sort key: when somebody should look after the upload.
    due_at: String,
}

impl<'a> From<&'a Upload> for Row<'a> {
    fn from(upload: &'a Upload) -> Self {
        let unfinished = upload.due_at().map(|due_at| Unfinished {
            unfinished: upload.upload_id.to_string().split_off(35),
            due_at: time::text(due_at),
        });
        Self { upload, unfinished }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::types::AttributeValue;
    use function_kit::Id;
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{
        Checksum, FileName, Lease, Location, Object, Sha256Digest, Stored, UploadState,
    };

    type Attributes = HashMap<String, AttributeValue>;

    fn of(upload: &Upload) -> Attributes {
        serde_dynamo::to_item(Row::from(upload)).unwrap()
    }

    fn read(row: Attributes) -> Result<Upload, serde_dynamo::Error> {
        serde_dynamo::from_item(row)
    }

    fn upload(state: UploadState) -> Upload {
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
        let pending = |multipart| UploadState::Pending {
            open_until: time,
            multipart,
        };
        let failed = |object| UploadState::Failed {
            object,
            reason: "r".into(),
        };
        vec![
            pending(None),
            pending(Some("m".into())),
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
            failed(None),
            failed(Some(object)),
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
    fn only_unfinished_uploads_are_in_the_index_sorted_by_when_they_are_due() {
        for state in states() {
            let upload = upload(state);
            let row = of(&upload);
            let is_finished = ["PROCESSED", "FAILED"].contains(&upload.state.name());
            assert_eq!(row.contains_key("unfinished"), !is_finished);
            let due_at = row.get("due_at").map(|value| value.as_s().unwrap().clone());
            assert_eq!(due_at, upload.due_at().map(time::text));
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
        row.remove("created_at");
        assert!(read(row).unwrap_err().to_string().contains("created_at"));
    }
}
