//! A table of DynamoDB: rows as types, and conditional writes that a lost answer cannot deceive.
//!
//! The SDK repeats a call whose answer was lost. The repetition of a conditional write would then
//! fail on what the first try wrote. So each such write leaves its own mark in the row, and finds
//! its mark acceptable in place of what the condition asks for.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::port_error;
use crate::id::Id;
use crate::page::Page;
use crate::port::{PortError, PortErrorKind, Write};

/// Attributes by their names.
pub type Row = HashMap<String, AttributeValue>;

/// Attribute that says which write made the row what it is. A row that brings its own mark keeps
/// it; it must be new with each write.
pub const LAST_WRITE: &str = "last_write";

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: String,
    partition_key: &'static str,
}

/// What a write asks of the row that is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// There is none.
    Absent,
    /// There is one.
    Present,
    /// There is one, with this value of that attribute; without the attribute, if there is no value.
    Holds(&'static str, Option<AttributeValue>),
}

/// Outcome of a conditional write.
#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    /// It was written.
    Done,
    /// The condition did not hold, and nothing was written. This is the row that is there, if any.
    Refused(Option<Row>),
}

impl From<Put> for Write {
    fn from(put: Put) -> Self {
        match put {
            Put::Done => Self::Done,
            Put::Refused(_) => Self::Conflict,
        }
    }
}

/// Returns the attribute that holds the value as text.
pub fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// Returns a key, or the part of one, of these attributes.
pub fn key<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Row {
    attributes
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

impl Table {
    /// Returns the table of that name, whose partition key is the attribute `partition_key`.
    pub fn new(config: &SdkConfig, name: String, partition_key: &'static str) -> Self {
        Self {
            client: Client::new(config),
            name,
            partition_key,
        }
    }

    /// Returns the client, for what only one table needs.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn partition_key(&self) -> &'static str {
        self.partition_key
    }

    /// Returns the value as a row, whose attributes are the value's members.
    ///
    /// # Errors
    /// When the value is not of that shape.
    pub fn row(&self, value: &impl Serialize) -> Result<Row, PortError> {
        serde_dynamo::to_item(value)
            .map_err(|error| PortError::broken(self.operation("writing a row of"), error))
    }

    /// Returns the row as a value. Ignores attributes that it does not know.
    ///
    /// # Errors
    /// When an attribute is missing, or is not what it should be.
    pub fn value<T: DeserializeOwned>(&self, row: Row) -> Result<T, PortError> {
        serde_dynamo::from_item(row).map_err(|error| PortError {
            operation: self.operation("reading a row of"),
            kind: PortErrorKind::Unreadable,
            source: error.into(),
        })
    }

    /// Reads the row of that key as it was last written.
    ///
    /// # Errors
    /// When DynamoDB refuses, or cannot be reached.
    pub async fn get(&self, key: Row) -> Result<Option<Row>, PortError> {
        let get = self.client.get_item().table_name(&self.name);
        let sent = get.set_key(Some(key)).consistent_read(true).send().await;
        let output = sent.map_err(|error| port_error(self.operation("GetItem on"), error))?;
        Ok(output.item)
    }

    /// Writes the row, whatever is there: for a key that is new, or a row that may be repeated.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn put(&self, row: Row) -> Result<(), PortError> {
        let put = self.client.put_item().table_name(&self.name);
        let sent = put.set_item(Some(row)).send().await;
        sent.map(drop)
            .map_err(|error| port_error(self.operation("PutItem on"), error))
    }

    /// Writes the row if the condition holds, or if a try of this very write has written it.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn put_if(&self, mut row: Row, condition: Condition) -> Result<Put, PortError> {
        let mark = row
            .entry(LAST_WRITE.to_owned())
            .or_insert_with(|| text(Id::<Row>::generate()))
            .clone();
        let condition = self.expression(condition).or_mark(mark);
        let put = self.client.put_item().table_name(&self.name);
        let sent = put
            .set_item(Some(row))
            .condition_expression(condition.text)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(Some(condition.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                Ok(Put::Refused(refusal.item.clone()))
            }
            _ => Err(port_error(self.operation("PutItem on"), error)),
        }
    }

    /// Deletes the row of that key if the condition holds. A deleted row keeps no mark: the
    /// repetition of a delete whose answer was lost is refused, with no row there.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn delete_if(&self, key: Row, condition: Condition) -> Result<Put, PortError> {
        let condition = self.expression(condition);
        let delete = self.client.delete_item().table_name(&self.name);
        let values = Some(condition.values).filter(|values| !values.is_empty());
        let sent = delete
            .set_key(Some(key))
            .condition_expression(condition.text)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(DeleteItemError::ConditionalCheckFailedException(refusal)) => {
                Ok(Put::Refused(refusal.item.clone()))
            }
            _ => Err(port_error(self.operation("DeleteItem on"), error)),
        }
    }

    /// Reads at most `limit` rows of a partition as they were last written, the greatest sort key
    /// first, from behind the key `after` on.
    ///
    /// Asks for one row more. DynamoDB names a last key also where the limit was reached with the
    /// last row; the row more tells whether there is another page.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn page(
        &self,
        partition: AttributeValue,
        after: Option<Row>,
        limit: u8,
    ) -> Result<Page<Row>, PortError> {
        let limit = usize::from(limit);
        let query = self.client.query().table_name(&self.name);
        let sent = query
            .key_condition_expression("#partition = :partition")
            .expression_attribute_names("#partition", self.partition_key)
            .expression_attribute_values(":partition", partition)
            .set_exclusive_start_key(after)
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit as i32 + 1)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(self.operation("Query on"), error))?;
        // DynamoDB stops early where the rows are too large to read more of them at once.
        let more = output.items().len() > limit || output.last_evaluated_key.is_some();
        let mut entries = output.items.unwrap_or_default();
        entries.truncate(limit);
        Ok(Page { entries, more })
    }

    fn operation(&self, action: &str) -> String {
        format!("{action} table {}", self.name)
    }

    fn expression(&self, condition: Condition) -> Expression {
        let (text, name, value) = match condition {
            Condition::Absent => ("attribute_not_exists(#held)", self.partition_key, None),
            Condition::Present => ("attribute_exists(#held)", self.partition_key, None),
            Condition::Holds(name, Some(value)) => ("#held = :held", name, Some(value)),
            Condition::Holds(name, None) => (
                "attribute_exists(#key) AND attribute_not_exists(#held)",
                name,
                None,
            ),
        };
        let mut names = HashMap::from([("#held".to_owned(), name.to_owned())]);
        if text.contains("#key") {
            names.insert("#key".to_owned(), self.partition_key.to_owned());
        }
        let values = value.map(|value| (":held".to_owned(), value));
        Expression {
            text: text.to_owned(),
            names,
            values: values.into_iter().collect(),
        }
    }
}

/// A condition as DynamoDB takes it ("Condition and filter expressions"). Names are aliased, since
/// many are reserved words.
#[derive(Debug, PartialEq)]
struct Expression {
    text: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    fn or_mark(mut self, mark: AttributeValue) -> Self {
        self.text = format!("({}) OR #mark = :mark", self.text);
        self.names.insert("#mark".into(), LAST_WRITE.into());
        self.values.insert(":mark".into(), mark);
        self
    }
}

#[cfg(test)]
pub(super) mod tests;
