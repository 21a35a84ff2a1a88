//! Rows that are written together or not at all, in one transaction of DynamoDB.
//!
//! Two transactions on one row cancel each other, and the SDK does not retry one that was cancelled
//! ("TransactWriteItems", Errors). [`transact`] does.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::table::{Row, Table};
use super::{kind_of, port_error};
use crate::deadline::drawn;
use crate::port::{PortError, PortErrorKind};

/// Outcome of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was written.
    Done,
    /// The condition of the write at this place did not hold; nothing was written.
    Refused(usize),
}

impl Table {
    /// Returns the write of a row of which the table has none under its key.
    ///
    /// # Errors
    /// Never, since the write has all that it needs.
    pub fn insertion(&self, row: Row) -> Result<TransactWriteItem, PortError> {
        let put = Put::builder()
            .table_name(self.name())
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(#key)")
            .expression_attribute_names("#key", self.partition_key())
            .build()
            .map_err(|error| PortError::broken("building a write", error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// Longest pause before the first retry of a transaction that another cancelled, and the factor of
/// each further one.
const PAUSE: Duration = Duration::from_millis(25);

/// Most retries: with pauses of up to 3.2 s they outlast a crowd of dozens at one row.
const RETRIES: u32 = 8;

/// Does all of the writes, or none. The SDK sends a token with them, so that a try that it repeats
/// because the answer was lost succeeds. A transaction that was cancelled because others are at the
/// same rows is retried after a random pause, while the invocation lasts.
///
/// # Errors
/// When DynamoDB refuses for another reason than a condition, or cannot be reached.
pub async fn transact(
    client: &Client,
    operation: impl Into<String>,
    writes: Vec<TransactWriteItem>,
) -> Result<Outcome, PortError> {
    let operation = operation.into();
    for retry in 0..RETRIES {
        let pause = pause(retry);
        match transact_once(client, &operation, writes.clone()).await {
            Err(Failure::Cancelled(_)) if drawn(pause) == pause => {
                tokio::time::sleep(pause).await;
            }
            ended => return ended.map_err(Failure::into_error),
        }
    }
    let last = transact_once(client, &operation, writes).await;
    last.map_err(Failure::into_error)
}

/// Why a transaction was not done.
enum Failure {
    /// Others were at the same rows.
    Cancelled(PortError),
    /// Anything else.
    Other(PortError),
}

impl Failure {
    fn into_error(self) -> PortError {
        match self {
            Self::Cancelled(error) | Self::Other(error) => error,
        }
    }
}

/// Returns a random part of the longest pause before that retry ("Exponential Backoff And Jitter" of
/// the AWS Architecture Blog: full jitter).
fn pause(retry: u32) -> Duration {
    let longest = PAUSE.saturating_mul(1 << retry).as_micros() as u64;
    // Each `RandomState` hashes with keys of its own.
    let random = RandomState::new().hash_one(retry);
    Duration::from_micros(random % longest)
}

async fn transact_once(
    client: &Client,
    operation: &str,
    writes: Vec<TransactWriteItem>,
) -> Result<Outcome, Failure> {
    let request = client.transact_write_items();
    let Err(error) = request.set_transact_items(Some(writes)).send().await else {
        return Ok(Outcome::Done);
    };
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return Err(Failure::Other(port_error(operation, error)));
    };
    let reasons = cancelled.cancellation_reasons();
    let refused = reasons
        .iter()
        .position(|reason| reason.code() == Some("ConditionalCheckFailed"));
    if let Some(place) = refused {
        return Ok(Outcome::Refused(place));
    }
    let kind = kind_of_cancellation(reasons.iter().filter_map(|reason| reason.code()));
    let failure = match kind {
        PortErrorKind::Busy => Failure::Cancelled,
        PortErrorKind::Broken | PortErrorKind::Unreadable => Failure::Other,
    };
    Err(failure(PortError {
        operation: operation.to_owned(),
        kind,
        source: error.into(),
    }))
}

/// A write that no later try can do, such as one that is invalid, breaks the transaction whatever
/// the other writes met.
fn kind_of_cancellation<'a>(codes: impl Iterator<Item = &'a str>) -> PortErrorKind {
    let mut met = codes.filter(|code| *code != "None");
    match met.all(|code| kind_of(code) == PortErrorKind::Busy) {
        true => PortErrorKind::Busy,
        false => PortErrorKind::Broken,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::aws::table::key;
    use crate::aws::table::tests::Service;

    fn cancelled(codes: [&str; 2]) -> (u16, Value) {
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let reasons = codes.map(|code| json!({"Code": code}));
        let body = json!({"__type": kind, "message": "", "CancellationReasons": reasons});
        (400, body)
    }

    async fn transact_with(service: &Service) -> Result<Outcome, PortError> {
        let table = service.table().await;
        let row = || table.insertion(key([("owner", crate::aws::table::text("alice"))]));
        let writes = vec![row().unwrap(), row().unwrap()];
        transact(table.client(), "TransactWriteItems", writes).await
    }

    #[tokio::test]
    async fn a_transaction_that_another_cancels_is_tried_again_as_a_new_one() {
        let conflict = || cancelled(["None", "TransactionConflict"]);
        let service = Service::answering([conflict(), conflict(), (200, json!({}))]);
        assert_eq!(transact_with(&service).await.unwrap(), Outcome::Done);
        let requests = service.requests();
        let tokens: std::collections::BTreeSet<_> = requests
            .iter()
            .map(|request| request["ClientRequestToken"].as_str().unwrap())
            .collect();
        assert_eq!((requests.len(), tokens.len()), (3, 3));
    }

    #[tokio::test]
    async fn a_transaction_whose_condition_does_not_hold_is_not_tried_again() {
        let refused = cancelled(["None", "ConditionalCheckFailed"]);
        let service = Service::answering([refused]);
        let outcome = transact_with(&service).await.unwrap();
        assert_eq!(outcome, Outcome::Refused(1));
        let broken = Service::answering([cancelled(["ValidationError", "TransactionConflict"])]);
        let error = transact_with(&broken).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Broken);
        assert_eq!((service.requests().len(), broken.requests().len()), (1, 1));
    }

    #[test]
    fn pauses_grow_and_differ() {
        for retry in 0..RETRIES {
            assert!(pause(retry) < PAUSE * 2_u32.pow(retry));
        }
        let pauses: std::collections::BTreeSet<_> = (0..20).map(|_| pause(RETRIES)).collect();
        assert!(pauses.len() > 1, "{pauses:?}");
    }

    #[test]
    fn a_transaction_is_tried_again_only_where_that_may_help() {
        let kind = |codes: &[&str]| kind_of_cancellation(codes.iter().copied());
        assert_eq!(kind(&["None", "TransactionConflict"]), PortErrorKind::Busy);
        assert_eq!(kind(&["ThrottlingError", "None"]), PortErrorKind::Busy);
        let codes = ["TransactionConflict", "ValidationError"];
        assert_eq!(kind(&codes), PortErrorKind::Broken);
    }
}
