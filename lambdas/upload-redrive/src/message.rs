//! What is in the dead letter queue, told apart by its shape.

use std::collections::HashMap;

use serde::Deserialize;
use upload_pipeline::domain::{Owner, UploadId};

/// A message of the queue.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// The function gave one record up and says why.
    Letter(Letter),
    /// Lambda gave a batch up: its function failed as a whole, or could not be invoked.
    Batch(Batch),
}

/// A dead letter of `upload-processor`.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Letter {
    /// Why.
    pub reason: String,
    /// The record's place in its shard, which every letter of the function has.
    pub sequence_number: String,
    /// Whose upload it is, where that could be told.
    pub owner: Option<Owner>,
    /// Which upload it is, where that could be told.
    pub upload_id: Option<UploadId>,
}

/// The records that an invocation record of Lambda's on-failure destination is about; it does not
/// hold them ("Retain discarded batch records for a Kinesis Data Streams event source in Lambda").
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The shard.
    pub shard_id: String,
    /// The first record.
    pub start_sequence_number: String,
    /// The last record.
    pub end_sequence_number: String,
    /// The stream's ARN.
    pub stream_arn: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    Lambda {
        #[serde(rename = "KinesisBatchInfo")]
        batch: Batch,
    },
    Function(Letter),
}

impl Letter {
    /// Returns the upload that failed, and the record with which it did.
    pub fn failure(&self) -> Option<(UploadId, String)> {
        Some((self.upload_id?, self.sequence_number.clone()))
    }

    /// Returns whether the letter's upload is among these failures with another record.
    pub fn is_of_another_failure(&self, failures: &HashMap<UploadId, String>) -> bool {
        let earlier = self.upload_id.and_then(|id| failures.get(&id));
        earlier.is_some_and(|record| *record != self.sequence_number)
    }
}

impl Message {
    /// Returns the letter that it is.
    pub fn letter(&self) -> Option<&Letter> {
        match self {
            Self::Letter(letter) => Some(letter),
            Self::Batch(_) => None,
        }
    }

    /// Reads a message; nothing, if it is neither.
    pub fn parse(body: &str) -> Option<Self> {
        match serde_json::from_str(body).ok()? {
            Shape::Lambda { batch } => Some(Self::Batch(batch)),
            Shape::Function(letter) => Some(Self::Letter(letter)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields are those of AWS's example on the page that [`Batch`] names.
    const OF_LAMBDA: &str = r#"{
        "requestContext": {
            "requestId": "9a0c1d52-7a3f-4a2e-9d30-0b7a51f1c4de",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:upload-processor",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1
        },
        "responseContext": {
            "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"
        },
        "version": "1.0",
        "timestamp": "2026-01-14T00:38:06.021Z",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000001",
            "startSequenceNumber": "49601189658422359378836298521827638475320189012309704722",
            "endSequenceNumber": "49601189658422359378836298522902373528957594348623495186",
            "approximateArrivalOfFirstRecord": "2026-01-14T00:38:04.835Z",
            "approximateArrivalOfLastRecord": "2026-01-14T00:38:05.580Z",
            "batchSize": 500,
            "streamArn": "arn:aws:kinesis:us-east-1:123456789012:stream/uploads"
        }
    }"#;

    const OF_FUNCTION: &str = r#"{
        "version": 1, "reason": "the text is not UTF-8",
        "stream": "arn:aws:kinesis:us-east-1:123456789012:stream/uploads",
        "shard_id": "shardId-000000000000", "sequence_number": "49", "partition_key": "k",
        "owner": "ada", "upload_id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "failed_at": "2026-01-14T00:38:06.021Z", "data_size": 1, "data_truncated": false, "data": "x"
    }"#;

    #[test]
    fn tells_the_functions_letters_from_lambdas_batches() {
        let Some(Message::Batch(batch)) = Message::parse(OF_LAMBDA) else {
            panic!("not read as a batch")
        };
        assert_eq!(batch.shard_id, "shardId-000000000001");
        assert!(batch.start_sequence_number < batch.end_sequence_number);
        let Some(Message::Letter(letter)) = Message::parse(OF_FUNCTION) else {
            panic!("not read as a letter")
        };
        assert_eq!(letter.reason, "the text is not UTF-8");
        assert!(letter.owner.is_some() && letter.upload_id.is_some());
    }

    #[test]
    fn tells_a_new_failure_of_an_upload_from_a_letter_that_was_sent_twice() {
        let letter = |text: &str| match Message::parse(text) {
            Some(Message::Letter(letter)) => letter,
            other => panic!("not read as a letter: {other:?}"),
        };
        let failures = letter(OF_FUNCTION).failure().into_iter().collect();
        assert!(!letter(OF_FUNCTION).is_of_another_failure(&failures));
        let again = OF_FUNCTION.replace("\"49\"", "\"50\"");
        assert!(letter(&again).is_of_another_failure(&failures));
        assert!(!letter(&again).is_of_another_failure(&HashMap::new()));
    }

    #[test]
    fn a_letter_may_name_no_upload() {
        let letter = r#"{"version": 1, "reason": "not JSON", "sequence_number": "49"}"#;
        let Some(Message::Letter(letter)) = Message::parse(letter) else {
            panic!("not read as a letter")
        };
        assert_eq!((letter.owner, letter.upload_id), (None, None));
    }

    #[test]
    fn knows_nothing_else() {
        for other in [
            "",
            "hello",
            "{}",
            "[]",
            r#"{"reason": "x"}"#,
            r#"{"KinesisBatchInfo": {}}"#,
        ] {
            assert_eq!(Message::parse(other), None, "{other}");
        }
    }
}
