//! Orders that are placed once, however often they are asked for: each is written together with
//! the receipt that its repetition finds.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use function_kit::aws::table::{Row, Table, key, text};
use function_kit::{PortError, Write};
use serde::Serialize;

use super::tables::remove;
use super::transaction::{Outcome, WriteError, Writes, transact};
use crate::domain::{IdempotencyKey, Order, Receipt, UserId};
use crate::ports::Receipts;

/// Receipts that are listed at once.
const LISTED: u8 = 100;

/// The tables of orders and receipts. A receipt's key is `userId` and `idempotencyKey`.
#[derive(Debug, Clone)]
pub struct ReceiptTables {
    receipts: Table,
    orders: String,
}

impl ReceiptTables {
    /// Returns the tables of those names.
    pub fn new(config: &SdkConfig, orders: String, receipts: String) -> Self {
        Self {
            receipts: Table::new(config, receipts, "userId"),
            orders,
        }
    }

    fn writes(&self, order: &Order, receipt: &Receipt) -> Result<Writes, WriteError> {
        Ok(vec![
            new_row(&self.orders, order)?,
            new_row(self.receipts.name(), receipt)?,
        ])
    }
}

#[async_trait]
impl Receipts for ReceiptTables {
    async fn find(
        &self,
        user_id: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<Receipt>, PortError> {
        let row = self.receipts.get(receipt_key(user_id, key)).await?;
        row.map(|row| self.receipts.value(row)).transpose()
    }

    async fn place(&self, order: &Order, receipt: &Receipt) -> Result<Write, PortError> {
        let (client, name) = (self.receipts.client(), self.receipts.name());
        let operation = format!("TransactWriteItems in {} and {name}", self.orders);
        match transact(client, operation, self.writes(order, receipt)).await? {
            Outcome::Done => Ok(Write::Done),
            Outcome::Refused(_) => Ok(Write::Conflict),
        }
    }

    async fn some_of(&self, user_id: UserId) -> Result<Vec<Receipt>, PortError> {
        let page = self.receipts.page(text(user_id), None, LISTED).await?;
        let page = page.try_map(|row| self.receipts.value(row))?;
        Ok(page.entries)
    }

    async fn remove(&self, receipt: &Receipt) -> Result<(), PortError> {
        let key = receipt_key(receipt.user_id, &receipt.idempotency_key);
        remove(&self.receipts, key).await
    }
}

fn receipt_key(user_id: UserId, idempotency_key: &IdempotencyKey) -> Row {
    key([
        ("userId", text(user_id)),
        ("idempotencyKey", text(idempotency_key.as_ref())),
    ])
}

/// Writes a row whose key nothing has. Both tables have a user's rows together.
fn new_row(table: &str, row: &impl Serialize) -> Result<TransactWriteItem, WriteError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(serde_dynamo::to_item(row)?))
        .condition_expression("attribute_not_exists(userId)")
        .build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}
