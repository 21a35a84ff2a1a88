//! Tables of DynamoDB, a row at a time. A row's attributes are the members of its type.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, ReturnValuesOnConditionCheckFailure,
};
use function_kit::aws::{broken, port_error};
use function_kit::{PortError, PortErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::transaction::{IS_IN_STATUS, STATUS, status};
use crate::domain::{Change, Notification, Order, OrderId, OrderKey, Product, Sku, User, UserId};
use crate::ports::{Catalogue, Notifications, Orders, Page, Users, Write};

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) client: Client,
    pub(super) name: String,
}

/// The users, by `id`.
#[derive(Debug, Clone)]
pub struct UserTable(Table);

/// The orders, by `userId` and `createdAt`.
#[derive(Debug, Clone)]
pub struct OrderTable(Table);

/// The products, by `sku`.
#[derive(Debug, Clone)]
pub struct ProductTable(Table);

/// The notifications, by `orderId`.
#[derive(Debug, Clone)]
pub struct NotificationTable(Table);

/// What became of a conditional write: the row that was in the way, if one was.
enum Put<T> {
    Done,
    InTheWay(Option<T>),
}

impl Table {
    pub(super) fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }

    fn put(&self, row: &impl Serialize) -> Result<PutItemFluentBuilder, PortError> {
        let item = serde_dynamo::to_item(row)
            .map_err(|error| broken(format!("writing a row of {}", self.name), error))?;
        let put = self.client.put_item().table_name(&self.name);
        Ok(put.set_item(Some(item)))
    }

    /// Writes the row if its condition holds.
    async fn put_if<T: DeserializeOwned>(
        &self,
        put: PutItemFluentBuilder,
    ) -> Result<Put<T>, PortError> {
        let put = put
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let operation = || format!("PutItem in table {}", self.name);
        let Err(error) = put.send().await else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                let row = refusal.item.clone().map(serde_dynamo::from_item);
                let row = row.transpose();
                Ok(Put::InTheWay(
                    row.map_err(|error| broken(operation(), error))?,
                ))
            }
            _ => Err(port_error(operation(), error)),
        }
    }

    pub(super) fn get(&self) -> GetItemFluentBuilder {
        let get = self.client.get_item().table_name(&self.name);
        get.consistent_read(true)
    }

    pub(super) async fn row<T: DeserializeOwned>(
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
}

impl UserTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name))
    }
}

#[async_trait]
impl Users for UserTable {
    /// Needs no condition: the id is new, and a try that the SDK repeats writes the same.
    async fn insert(&self, user: &User) -> Result<(), PortError> {
        let put = self.0.put(user)?.send().await;
        put.map(drop)
            .map_err(|error| port_error(format!("PutItem in table {}", self.0.name), error))
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, PortError> {
        let get = self.0.get().key("id", text(id));
        self.0.row(get).await
    }
}

impl OrderTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name))
    }
}

#[async_trait]
impl Orders for OrderTable {
    /// A try that the SDK repeats because its answer was lost finds its own order, which may be
    /// further by then.
    async fn insert(&self, order: &Order) -> Result<Write, PortError> {
        let put = self.0.put(order)?;
        let put = put.condition_expression("attribute_not_exists(userId)");
        Ok(match self.0.put_if::<Order>(put).await? {
            Put::Done => Write::Done,
            Put::InTheWay(Some(other)) if other.key() == order.key() => Write::Done,
            Put::InTheWay(_) => Write::Conflict,
        })
    }

    async fn find(&self, key: OrderKey) -> Result<Option<Order>, PortError> {
        let get = self.0.get().key("userId", text(key.user_id));
        let get = get.key("createdAt", text(key.created_at()));
        let order: Option<Order> = self.0.row(get).await?;
        Ok(order.filter(|order| order.order_id == key.order_id))
    }

    /// Reads one row more than asked for, which tells whether there is another page.
    async fn page(
        &self,
        user_id: UserId,
        after: Option<OrderId>,
        limit: u8,
    ) -> Result<Page, PortError> {
        let operation = || format!("Query on table {}", self.0.name);
        let limit = usize::from(limit);
        let start = after.map(|order_id| {
            let key = OrderKey { user_id, order_id };
            let created_at = text(key.created_at());
            [
                ("userId".to_owned(), text(user_id)),
                ("createdAt".to_owned(), created_at),
            ]
            .into()
        });
        let request = self.0.client.query().table_name(&self.0.name);
        let output = request
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", text(user_id))
            .set_exclusive_start_key(start)
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit as i32 + 1)
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        let more = output.items().len() > limit || output.last_evaluated_key.is_some();
        let mut rows = output.items.unwrap_or_default();
        rows.truncate(limit);
        let orders = serde_dynamo::from_items(rows).map_err(|error| broken(operation(), error))?;
        Ok(Page { orders, more })
    }

    async fn update(&self, change: &Change) -> Result<Write, PortError> {
        let put = self.0.put(&change.to)?;
        let put = put
            .condition_expression(IS_IN_STATUS)
            .expression_attribute_names("#status", STATUS)
            .expression_attribute_values(":from", status(change.from));
        Ok(match self.0.put_if::<Order>(put).await? {
            Put::Done => Write::Done,
            Put::InTheWay(_) => Write::Conflict,
        })
    }
}

impl ProductTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name))
    }
}

#[async_trait]
impl Catalogue for ProductTable {
    async fn find(&self, skus: &[Sku]) -> Result<Vec<Product>, PortError> {
        let Table { client, name } = &self.0;
        let operation = || format!("BatchGetItem from table {name}");
        let keys = skus
            .iter()
            .map(|sku| [("sku".to_owned(), text(sku))].into());
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys.collect()))
            .build()
            .map_err(|error| broken(operation(), error))?;
        let request = client.batch_get_item().request_items(name, keys);
        let mut output = request
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        // DynamoDB leaves out what it has no capacity for.
        if !output.unprocessed_keys.unwrap_or_default().is_empty() {
            return Err(PortError {
                operation: operation(),
                kind: PortErrorKind::Busy,
                source: "some keys were not processed".into(),
            });
        }
        let rows = output.responses.as_mut().and_then(|rows| rows.remove(name));
        serde_dynamo::from_items(rows.unwrap_or_default())
            .map_err(|error| broken(operation(), error))
    }
}

impl NotificationTable {
    /// The table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name))
    }
}

#[async_trait]
impl Notifications for NotificationTable {
    async fn insert(&self, notification: &Notification) -> Result<Write, PortError> {
        let put = self.0.put(notification)?;
        let put = put.condition_expression("attribute_not_exists(orderId)");
        Ok(match self.0.put_if::<Notification>(put).await? {
            Put::Done => Write::Done,
            Put::InTheWay(_) => Write::Conflict,
        })
    }
}

pub(super) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}
