//! The table of items in DynamoDB: partition key `owner`, sort key `id`.
//!
//! Receipts stand in it under partitions of their own, where no listing meets them: no owner has a
//! `#`.

use async_trait::async_trait;
use aws_config::SdkConfig;
use function_kit::aws::table::{Condition, LAST_WRITE, Row, Table, key, text};
use function_kit::aws::transaction::{Outcome, transact};
use function_kit::{IdempotencyKey, Page, PortError, Write};

use super::row::{self, ID, OWNER};
use crate::domain::{Entry, Item, ItemId, Owner, Receipt};
use crate::ports::{Expected, ItemTable};

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoTable(Table);

impl DynamoTable {
    /// Returns the table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name, OWNER))
    }

    fn row(&self, item: &Item) -> Result<Row, PortError> {
        row::of(item).map_err(|error| self.broken("writing to", error))
    }

    fn read(&self, row: Row) -> Result<Item, PortError> {
        row::read(row).map_err(|error| self.broken("reading from", error))
    }

    fn broken(&self, action: &str, error: row::InvalidRow) -> PortError {
        PortError::broken(format!("{action} table {}", self.0.name()), error)
    }
}

fn receipt_key(owner: &Owner, key: &IdempotencyKey) -> Row {
    self::key([
        (OWNER, text(format_args!("{owner}#receipts"))),
        (ID, text(key)),
    ])
}

fn condition(expected: Expected) -> Condition {
    match expected {
        Expected::Any => Condition::Present,
        Expected::Version(version) => Condition::Holds(LAST_WRITE, version.mark().map(text)),
    }
}

#[async_trait]
impl ItemTable for DynamoTable {
    /// Without a receipt it needs no condition: nobody else has the id.
    async fn insert(&self, item: &Item, receipt: Option<&Receipt>) -> Result<Write, PortError> {
        let row = self.row(item)?;
        let Some(receipt) = receipt else {
            return self.0.put(row).await.map(|()| Write::Done);
        };
        let mut entry = self.0.row(&receipt.entry)?;
        entry.extend(receipt_key(&receipt.owner, &receipt.key));
        let writes = vec![self.0.insertion(row)?, self.0.insertion(entry)?];
        let operation = format!("TransactWriteItems on table {}", self.0.name());
        Ok(match transact(self.0.client(), operation, writes).await? {
            Outcome::Done => Write::Done,
            Outcome::Refused(_) => Write::Conflict,
        })
    }

    async fn receipt(
        &self,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<Entry>, PortError> {
        let row = self.0.get(receipt_key(owner, key)).await?;
        row.map(|row| self.0.value(row)).transpose()
    }

    async fn replace(&self, item: &Item, expected: Expected) -> Result<Write, PortError> {
        let put = self.0.put_if(self.row(item)?, condition(expected)).await?;
        Ok(put.into())
    }

    async fn find(&self, owner: &Owner, id: ItemId) -> Result<Option<Item>, PortError> {
        let row = self.0.get(row::key(owner, id)).await?;
        row.map(|row| self.read(row)).transpose()
    }

    /// A try that the SDK repeats, because the answer was lost, finds nothing any more: then the
    /// client hears that there is no such item, and that is so.
    async fn remove(
        &self,
        owner: &Owner,
        id: ItemId,
        expected: Expected,
    ) -> Result<Write, PortError> {
        let delete = self.0.delete_if(row::key(owner, id), condition(expected));
        Ok(delete.await?.into())
    }

    async fn page(
        &self,
        owner: &Owner,
        after: Option<ItemId>,
        limit: u8,
    ) -> Result<Page<Item>, PortError> {
        let after = after.map(|id| row::key(owner, id));
        let page = self.0.page(text(owner), after, limit).await?;
        page.try_map(|row| self.read(row))
    }
}
