//! An order's change together with the rows that go with it, in one transaction of DynamoDB.
//!
//! The order's condition is the transaction's: while the order is in the status that the change
//! starts from, nothing of the change has been written.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use function_kit::aws::{broken, kind_of, port_error};
use function_kit::{PortError, PortErrorKind, Write};

use crate::domain::{Change, Line, OrderStatus, Payment};
use crate::ports::{Inventory, Payments, Take};

/// Attribute that conditions compare. Its name is a reserved word, for which `#status` stands.
pub const STATUS: &str = "status";

/// Condition that the order is in the status `:from`.
const IS_IN_STATUS: &str = "#status = :from";

/// Returns the value of the attribute [`STATUS`].
pub fn status(status: OrderStatus) -> AttributeValue {
    AttributeValue::S(status.name().to_owned())
}

/// The tables of orders and payments.
#[derive(Debug, Clone)]
pub struct PaymentTables {
    client: Client,
    orders: String,
    payments: String,
}

/// The tables of orders and products.
#[derive(Debug, Clone)]
pub struct InventoryTables {
    client: Client,
    orders: String,
    products: String,
}

/// Outcome of a transaction.
pub(super) enum Outcome {
    Done,
    /// The condition of the write at this index did not hold; nothing was written.
    Refused(usize),
}

impl PaymentTables {
    /// Returns the tables of those names.
    pub fn new(config: &SdkConfig, orders: String, payments: String) -> Self {
        Self {
            client: Client::new(config),
            orders,
            payments,
        }
    }

    fn writes(&self, payment: &Payment, change: &Change) -> Result<Writes, WriteError> {
        let put = Put::builder()
            .table_name(&self.payments)
            .set_item(Some(serde_dynamo::to_item(payment)?))
            .build()?;
        let put = TransactWriteItem::builder().put(put).build();
        Ok(vec![order(&self.orders, change)?, put])
    }
}

#[async_trait]
impl Payments for PaymentTables {
    async fn record(&self, payment: &Payment, change: &Change) -> Result<Write, PortError> {
        let operation = format!(
            "TransactWriteItems in {} and {}",
            self.orders, self.payments
        );
        match transact(&self.client, operation, self.writes(payment, change)).await? {
            Outcome::Done => Ok(Write::Done),
            Outcome::Refused(_) => Ok(Write::Conflict),
        }
    }
}

impl InventoryTables {
    /// Returns the tables of those names.
    pub fn new(config: &SdkConfig, orders: String, products: String) -> Self {
        Self {
            client: Client::new(config),
            orders,
            products,
        }
    }

    fn writes(&self, change: &Change) -> Result<Writes, WriteError> {
        let mut writes = vec![order(&self.orders, change)?];
        for Line { sku, quantity, .. } in &change.to.items {
            let update = Update::builder()
                .table_name(&self.products)
                .key("sku", AttributeValue::S(sku.to_string()))
                .update_expression("SET stock = stock - :quantity")
                .condition_expression("stock >= :quantity")
                .expression_attribute_values(":quantity", AttributeValue::N(quantity.to_string()))
                .build()?;
            writes.push(TransactWriteItem::builder().update(update).build());
        }
        Ok(writes)
    }
}

#[async_trait]
impl Inventory for InventoryTables {
    async fn take(&self, change: &Change) -> Result<Take, PortError> {
        let operation = format!(
            "TransactWriteItems in {} and {}",
            self.orders, self.products
        );
        let outcome = transact(&self.client, operation, self.writes(change)).await?;
        Ok(match outcome {
            Outcome::Done => Take::Done,
            // The order is at 0, and its lines are behind it.
            Outcome::Refused(place) => match place.checked_sub(1) {
                None => Take::Conflict,
                Some(line) => change
                    .to
                    .items
                    .get(line)
                    .map_or(Take::Conflict, |line| Take::OutOfStock(line.sku.clone())),
            },
        })
    }
}

pub(super) type Writes = Vec<TransactWriteItem>;

/// A row or a write that cannot be built.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) enum WriteError {
    Row(#[from] serde_dynamo::Error),
    Write(#[from] BuildError),
}

fn order(table: &str, change: &Change) -> Result<TransactWriteItem, WriteError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(serde_dynamo::to_item(&change.to)?))
        .condition_expression(IS_IN_STATUS)
        .expression_attribute_names("#status", STATUS)
        .expression_attribute_values(":from", status(change.from))
        .build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// Returns the kind of failure that these reasons make together. One invalid write fails the
/// transaction for good, whatever the other writes met.
fn kind_of_cancellation<'a>(codes: impl Iterator<Item = &'a str>) -> PortErrorKind {
    let mut met = codes.filter(|code| *code != "None");
    match met.all(|code| kind_of(code) == PortErrorKind::Busy) {
        true => PortErrorKind::Busy,
        false => PortErrorKind::Broken,
    }
}

/// Writes all or nothing. The SDK sends a token with the transaction, with which a try that it
/// repeats after a lost answer succeeds.
pub(super) async fn transact(
    client: &Client,
    operation: String,
    writes: Result<Writes, WriteError>,
) -> Result<Outcome, PortError> {
    let writes = writes.map_err(|error| broken(&operation, error))?;
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
            operation,
            kind: kind_of_cancellation(reasons.iter().filter_map(|reason| reason.code())),
            source: error.into(),
        }),
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
