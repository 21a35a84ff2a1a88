//! Rows that are written together or not at all, in one transaction of DynamoDB.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::table::{Row, Table};
use super::{kind_of, port_error};
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

/// Does all of the writes, or none. The SDK sends a token with them, so that a try that it repeats
/// because the answer was lost succeeds.
///
/// # Errors
/// When DynamoDB refuses for another reason than a condition, or cannot be reached.
pub async fn transact(
    client: &Client,
    operation: impl Into<String>,
    writes: Vec<TransactWriteItem>,
) -> Result<Outcome, PortError> {
    let request = client.transact_write_items();
    let Err(error) = request.set_transact_items(Some(writes)).send().await else {
        return Ok(Outcome::Done);
    };
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return Err(port_error(operation, error));
    };
    let reasons = cancelled.cancellation_reasons();
    let refused = reasons
        .iter()
        .position(|reason| reason.code() == Some("ConditionalCheckFailed"));
    match refused {
        Some(place) => Ok(Outcome::Refused(place)),
        None => Err(PortError {
            operation: operation.into(),
            kind: kind_of_cancellation(reasons.iter().filter_map(|reason| reason.code())),
            source: error.into(),
        }),
    }
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
    use super::*;

    #[test]
    fn a_transaction_is_tried_again_only_where_that_may_help() {
        let kind = |codes: &[&str]| kind_of_cancellation(codes.iter().copied());
        assert_eq!(kind(&["None", "TransactionConflict"]), PortErrorKind::Busy);
        assert_eq!(kind(&["ThrottlingError", "None"]), PortErrorKind::Busy);
        let codes = ["TransactionConflict", "ValidationError"];
        assert_eq!(kind(&codes), PortErrorKind::Broken);
    }
}
