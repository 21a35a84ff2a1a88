//! The table of items in DynamoDB: partition key `owner`, sort key `id`.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use function_kit::aws::{code, port_error};

use super::row::{self, ID, OWNER};
use crate::domain::{Item, ItemId, Owner};
use crate::ports::{Found, ItemTable, Page, PortError};

/// What DynamoDB says where a condition does not hold.
const CONDITION_FAILED: &str = "ConditionalCheckFailedException";

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoTable {
    client: Client,
    name: String,
}

impl DynamoTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }

    fn operation(&self, action: &str) -> String {
        format!("{action} on table {}", self.name)
    }

    fn row(&self, item: &Item) -> Result<row::Row, PortError> {
        row::of(item).map_err(|error| PortError::broken(self.operation("PutItem"), error))
    }

    fn read(&self, action: &str, row: row::Row) -> Result<Item, PortError> {
        row::read(row).map_err(|error| PortError::broken(self.operation(action), error))
    }
}

fn there_is_one() -> String {
    format!("attribute_exists({ID})")
}

#[async_trait]
impl ItemTable for DynamoTable {
    /// Without a condition: nobody else has the id, and a try that the SDK repeats, because the
    /// answer was lost, must not take itself for somebody else.
    async fn insert(&self, item: &Item) -> Result<(), PortError> {
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(self.row(item)?))
            .send()
            .await
            .map_err(|error| port_error(self.operation("PutItem"), error))?;
        Ok(())
    }

    async fn replace(&self, item: &Item) -> Result<Found, PortError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(self.row(item)?))
            .condition_expression(there_is_one());
        match put.send().await {
            Ok(_) => Ok(Found::Yes),
            Err(error) if code(&error) == Some(CONDITION_FAILED) => Ok(Found::No),
            Err(error) => Err(port_error(self.operation("PutItem"), error)),
        }
    }

    async fn find(&self, owner: &Owner, id: ItemId) -> Result<Option<Item>, PortError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(row::key(owner, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| port_error(self.operation("GetItem"), error))?;
        output.item.map(|row| self.read("GetItem", row)).transpose()
    }

    /// A try that the SDK repeats, because the answer was lost, finds nothing any more: then the
    /// client hears that there is no such item, and that is so.
    async fn remove(&self, owner: &Owner, id: ItemId) -> Result<Found, PortError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(row::key(owner, id)))
            .condition_expression(there_is_one());
        match delete.send().await {
            Ok(_) => Ok(Found::Yes),
            Err(error) if code(&error) == Some(CONDITION_FAILED) => Ok(Found::No),
            Err(error) => Err(port_error(self.operation("DeleteItem"), error)),
        }
    }

    /// Reads one row more than asked for. DynamoDB names a last key also where the limit was
    /// reached with the last row; the row more tells whether there is another page.
    async fn page(
        &self,
        owner: &Owner,
        after: Option<ItemId>,
        limit: u8,
    ) -> Result<Page, PortError> {
        let limit = usize::from(limit);
        let output = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_values(":owner", AttributeValue::S(owner.to_string()))
            .set_exclusive_start_key(after.map(|id| row::key(owner, id)))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit as i32 + 1)
            .send()
            .await
            .map_err(|error| port_error(self.operation("Query"), error))?;
        // The latter where the rows were too large to read more of them at once.
        let more = output.items().len() > limit || output.last_evaluated_key.is_some();
        let rows = output.items.unwrap_or_default().into_iter().take(limit);
        let items = rows.map(|row| self.read("Query", row));
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            more,
        })
    }
}
