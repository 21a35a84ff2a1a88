//! Orders that are placed once, however often they are asked for: each is written together with
//! the receipt that its repetition finds.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use function_kit::PortError;
use function_kit::aws::{broken, port_error};
use serde::{Deserialize, Serialize};

use super::table::{Row, Table, text};
use super::transaction::{Outcome, WriteError, Writes, transact};
use crate::domain::{IdempotencyKey, Order, Receipt, UserId};
use crate::ports::{Receipts, Write};

/// Keys of receipts that are listed at once.
const KEYS_AT_ONCE: i32 = 100;

/// The tables of orders and receipts. A receipt's key is `userId` and `idempotencyKey`.
#[derive(Debug, Clone)]
pub struct ReceiptTables {
    receipts: Table,
    orders: String,
}

impl ReceiptTables {
    /// The tables of those names.
    pub fn new(config: &SdkConfig, orders: String, receipts: String) -> Self {
        Self {
            receipts: Table::new(config, receipts),
            orders,
        }
    }

    fn writes(&self, order: &Order, receipt: &Receipt) -> Result<Writes, WriteError> {
        Ok(vec![
            new_row(&self.orders, order)?,
            new_row(&self.receipts.name, receipt)?,
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
        let get = self.receipts.get().set_key(Some(receipt_key(user_id, key)));
        self.receipts.row(get).await
    }

    async fn place(&self, order: &Order, receipt: &Receipt) -> Result<Write, PortError> {
        let Table { client, name } = &self.receipts;
        let operation = format!("TransactWriteItems in {} and {name}", self.orders);
        match transact(client, operation, self.writes(order, receipt)).await? {
            Outcome::Done => Ok(Write::Done),
            Outcome::Refused(_) => Ok(Write::Conflict),
        }
    }

    async fn keys(&self, user_id: UserId) -> Result<Vec<IdempotencyKey>, PortError> {
        let Table { client, name } = &self.receipts;
        let operation = || format!("Query on table {name}");
        let request = client.query().table_name(name);
        let output = request
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", text(user_id))
            .projection_expression("idempotencyKey")
            .consistent_read(true)
            .limit(KEYS_AT_ONCE)
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        let rows = output.items.unwrap_or_default().into_iter();
        let keys = rows.map(|row| Ok(serde_dynamo::from_item::<_, Key>(row)?.idempotency_key));
        keys.collect::<Result<_, serde_dynamo::Error>>()
            .map_err(|error| broken(operation(), error))
    }

    async fn remove(&self, user_id: UserId, key: &IdempotencyKey) -> Result<(), PortError> {
        self.receipts.delete(receipt_key(user_id, key)).await
    }
}

/// What a listing of receipts reads of each.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    idempotency_key: IdempotencyKey,
}

fn receipt_key(user_id: UserId, key: &IdempotencyKey) -> Row {
    [
        ("userId".to_owned(), text(user_id)),
        ("idempotencyKey".to_owned(), text(key.as_ref())),
    ]
    .into()
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
