//! An order's change together with the rows that go with it, in one transaction of DynamoDB.
//!
//! The order's condition is the transaction's: while the order is in the status that the change
//! starts from, nothing of the change has been written.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use function_kit::aws::table::{Table, text};
use function_kit::aws::transaction::{Outcome, transact};
use function_kit::{PortError, Write};

use crate::domain::{Change, Line, OrderStatus, Payment};
use crate::ports::{Inventory, Payments, Take};

/// Attribute that conditions compare. Its name is a reserved word, for which `#status` stands.
pub const STATUS: &str = "status";

/// Returns the value of the attribute [`STATUS`].
pub fn status(status: OrderStatus) -> AttributeValue {
    text(status.name())
}

/// The tables of orders and payments.
#[derive(Debug, Clone)]
pub struct PaymentTables {
    orders: Table,
    payments: Table,
}

/// The tables of orders and products.
#[derive(Debug, Clone)]
pub struct InventoryTables {
    orders: Table,
    products: Table,
}

impl PaymentTables {
    /// Returns the tables of those names.
    pub fn new(config: &SdkConfig, orders: String, payments: String) -> Self {
        Self {
            orders: Table::new(config, orders, "userId"),
            payments: Table::new(config, payments, "orderId"),
        }
    }
}

#[async_trait]
impl Payments for PaymentTables {
    async fn record(&self, payment: &Payment, change: &Change) -> Result<Write, PortError> {
        let put = Put::builder()
            .table_name(self.payments.name())
            .set_item(Some(self.payments.row(payment)?))
            .build()
            .map_err(unbuilt)?;
        let put = TransactWriteItem::builder().put(put).build();
        let writes = vec![order(&self.orders, change)?, put];
        match transact(self.orders.client(), operation(&self.orders), writes).await? {
            Outcome::Done => Ok(Write::Done),
            Outcome::Refused(_) => Ok(Write::Conflict),
        }
    }
}

impl InventoryTables {
    /// Returns the tables of those names.
    pub fn new(config: &SdkConfig, orders: String, products: String) -> Self {
        Self {
            orders: Table::new(config, orders, "userId"),
            products: Table::new(config, products, "sku"),
        }
    }

    fn taking(&self, line: &Line) -> Result<TransactWriteItem, PortError> {
        let quantity = AttributeValue::N(line.quantity.to_string());
        let update = Update::builder()
            .table_name(self.products.name())
            .key("sku", text(&line.sku))
            .update_expression("SET stock = stock - :quantity")
            .condition_expression("stock >= :quantity")
            .expression_attribute_values(":quantity", quantity)
            .build()
            .map_err(unbuilt)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

#[async_trait]
impl Inventory for InventoryTables {
    async fn take(&self, change: &Change) -> Result<Take, PortError> {
        let lines = &change.to.items;
        let mut writes = vec![order(&self.orders, change)?];
        for line in lines {
            writes.push(self.taking(line)?);
        }
        let outcome = transact(self.orders.client(), operation(&self.orders), writes).await?;
        Ok(match outcome {
            Outcome::Done => Take::Done,
            // The order is at 0, and its lines are behind it.
            Outcome::Refused(place) => {
                let line = place.checked_sub(1).and_then(|line| lines.get(line));
                line.map_or(Take::Conflict, |line| Take::OutOfStock(line.sku.clone()))
            }
        })
    }
}

fn order(orders: &Table, change: &Change) -> Result<TransactWriteItem, PortError> {
    let put = Put::builder()
        .table_name(orders.name())
        .set_item(Some(orders.row(&change.to)?))
        .condition_expression("#status = :from")
        .expression_attribute_names("#status", STATUS)
        .expression_attribute_values(":from", status(change.from))
        .build()
        .map_err(unbuilt)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn operation(orders: &Table) -> String {
    format!("TransactWriteItems on table {}", orders.name())
}

fn unbuilt(error: BuildError) -> PortError {
    PortError::broken("building a write", error)
}
