//! Orders that are placed once, however often they are asked for: each is written together with
//! the receipt that its repetition finds.

use async_trait::async_trait;
use aws_config::SdkConfig;
use function_kit::aws::table::{Row, Table, key, text};
use function_kit::aws::transaction::{Outcome, transact};
use function_kit::idempotency::IdempotencyKey;
use function_kit::{PortError, Write};

use super::tables::remove;
use crate::domain::{Order, Receipt, UserId};
use crate::ports::Receipts;

/// Receipts that are listed at once.
const LISTED: u8 = 100;

/// The tables of orders and receipts. A receipt's key is `userId` and `idempotencyKey`.
#[derive(Debug, Clone)]
pub struct ReceiptTables {
    receipts: Table,
    orders: Table,
}

impl ReceiptTables {
    /// Returns the tables of those names.
    pub fn new(config: &SdkConfig, orders: String, receipts: String) -> Self {
        Self {
            receipts: Table::new(config, receipts, "userId"),
            orders: Table::new(config, orders, "userId"),
        }
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
        let writes = vec![
            self.orders.insertion(self.orders.row(order)?)?,
            self.receipts.insertion(self.receipts.row(receipt)?)?,
        ];
        let operation = format!("TransactWriteItems on table {}", self.orders.name());
        match transact(self.orders.client(), operation, writes).await? {
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
