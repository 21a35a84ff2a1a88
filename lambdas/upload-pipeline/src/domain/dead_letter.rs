//! What is sent to the dead letter queue: a record that cannot be processed, and why.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::Serialize;

use super::{Owner, UploadId, time};

/// Most bytes of a message: 256 KiB, the limit of every SQS queue until 2025 and the one that
/// queues of that time keep ("SQS quotas"; newer ones may take 1 MiB).
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// Bytes of a message that are left for what is not data: a reason of 1 KiB and a partition key
/// of 256 characters, each of which an escape may make six times as long.
const ENVELOPE_BYTES: usize = 16 * 1024;

/// Where on the stream a record is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamPosition {
    /// The stream's ARN.
    pub stream: String,
    /// The shard, such as `shardId-000000000000`.
    pub shard_id: String,
    /// The record's place in the shard.
    pub sequence_number: String,
    /// What it was put with.
    pub partition_key: String,
}

/// A record that cannot be processed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Why.
    pub reason: String,
    /// Where it was found.
    pub position: StreamPosition,
    /// The upload that it is about, where that can be told.
    pub upload: Option<(Owner, UploadId)>,
    /// Its bytes.
    pub data: Vec<u8>,
    /// When it was given up.
    pub failed_at: Timestamp,
}

#[derive(Serialize)]
struct Message<'a> {
    version: u8,
    reason: &'a str,
    #[serde(flatten)]
    position: &'a StreamPosition,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_id: Option<UploadId>,
    #[serde(with = "time")]
    failed_at: Timestamp,
    data_size: usize,
    data_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
}

impl DeadLetter {
    /// The message for the queue: a JSON object with the record's data as text in `data`, or as
    /// base64 in `data_base64` where it is not text, or is too long as text. What is too long even
    /// so is cut, and `data_truncated` says it; the position finds the whole record
    /// while the stream retains it.
    ///
    /// # Errors
    /// None that data can cause; serde's type asks for one.
    pub fn to_message(&self) -> Result<String, serde_json::Error> {
        let room = MAX_MESSAGE_BYTES - ENVELOPE_BYTES;
        let text = std::str::from_utf8(&self.data)
            .ok()
            .filter(|text| escaped(text).is_ok_and(|json| json.len() <= room));
        let kept = self.data.len().min(room / 4 * 3);
        let base64 = text
            .is_none()
            .then(|| BASE64_STANDARD.encode(&self.data[..kept]));
        let (owner, upload_id) = self.upload.as_ref().map(|(o, u)| (o, *u)).unzip();
        escaped(&Message {
            version: 1,
            reason: &self.reason,
            position: &self.position,
            owner,
            upload_id,
            failed_at: self.failed_at,
            data_size: self.data.len(),
            data_truncated: text.is_none() && kept < self.data.len(),
            data: text,
            data_base64: base64,
        })
    }
}

/// JSON of characters that SQS takes: those of XML 1.0. JSON escapes the ones below U+0020 anyway,
/// which leaves two.
fn escaped(value: &(impl Serialize + ?Sized)) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    Ok(json
        .replace('\u{FFFE}', "\\ufffe")
        .replace('\u{FFFF}', "\\uffff"))
}
