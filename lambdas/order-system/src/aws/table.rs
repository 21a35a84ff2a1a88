//! A table of DynamoDB, a row at a time. A row's attributes are the members of its type.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use function_kit::PortError;
use function_kit::aws::{broken, port_error};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Attributes by their names.
pub type Row = HashMap<String, AttributeValue>;

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct Table {
    pub client: Client,
    pub name: String,
}

/// Outcome of a conditional write.
pub enum Put {
    /// The row was written.
    Done,
    /// The condition did not hold on the row that is there, if one is.
    InTheWay(Option<Row>),
}

impl Table {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }

    /// Prepares the write of a row.
    pub fn put(&self, row: &impl Serialize) -> Result<PutItemFluentBuilder, PortError> {
        let item = serde_dynamo::to_item(row)
            .map_err(|error| broken(format!("writing a row of {}", self.name), error))?;
        let put = self.client.put_item().table_name(&self.name);
        Ok(put.set_item(Some(item)))
    }

    /// Writes the row if its condition holds. Nobody reads the row in the way unless it matters:
    /// it may be older than the types of today.
    pub async fn put_if(&self, put: PutItemFluentBuilder) -> Result<Put, PortError> {
        let put = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                Ok(Put::InTheWay(refusal.item.clone()))
            }
            _ => Err(port_error(format!("PutItem in table {}", self.name), error)),
        }
    }

    /// Prepares a read that sees every write before it.
    pub fn get(&self) -> GetItemFluentBuilder {
        let get = self.client.get_item().table_name(&self.name);
        get.consistent_read(true)
    }

    /// Reads a row.
    pub async fn row<T: DeserializeOwned>(
        &self,
        get: GetItemFluentBuilder,
    ) -> Result<Option<T>, PortError> {
        let operation = || format!("GetItem from table {}", self.name);
        let output = get
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        let row = output.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|error| broken(operation(), error))
    }

    /// Deletes the row of that key, if it is there.
    pub async fn delete(&self, key: Row) -> Result<(), PortError> {
        let delete = self.client.delete_item().table_name(&self.name);
        let deleted = delete.set_key(Some(key)).send().await;
        deleted
            .map(drop)
            .map_err(|error| port_error(format!("DeleteItem from table {}", self.name), error))
    }
}

/// Returns the attribute of a text.
pub fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}
