//! The tables of users, orders, products and notifications.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use function_kit::aws::{broken, port_error};
use function_kit::{PortError, PortErrorKind};

use super::table::{Put, Row, Table, text};
use super::transaction::{IS_IN_STATUS, STATUS, status};
use crate::domain::{Change, Notification, Order, OrderId, OrderKey, Product, Sku, User, UserId};
use crate::ports::{Catalogue, Notifications, Orders, Page, Users, Write};

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

    async fn remove(&self, id: UserId) -> Result<(), PortError> {
        self.0.delete([("id".to_owned(), text(id))].into()).await
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
        let is_own = |row: &Row| row.get("orderId") == Some(&text(order.order_id));
        Ok(match self.0.put_if(put).await? {
            Put::Done => Write::Done,
            Put::InTheWay(Some(row)) if is_own(&row) => Write::Done,
            Put::InTheWay(_) => Write::Conflict,
        })
    }

    async fn find(&self, key: OrderKey) -> Result<Option<Order>, PortError> {
        let get = self.0.get().set_key(Some(order_key(key)));
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
        let start = after.map(|order_id| order_key(OrderKey { user_id, order_id }));
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
        Ok(match self.0.put_if(put).await? {
            Put::Done => Write::Done,
            Put::InTheWay(_) => Write::Conflict,
        })
    }

    async fn remove(&self, key: OrderKey) -> Result<(), PortError> {
        self.0.delete(order_key(key)).await
    }
}

fn order_key(key: OrderKey) -> Row {
    [
        ("userId".to_owned(), text(key.user_id)),
        ("createdAt".to_owned(), text(key.created_at())),
    ]
    .into()
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
        Ok(match self.0.put_if(put).await? {
            Put::Done => Write::Done,
            Put::InTheWay(_) => Write::Conflict,
        })
    }
    async fn remove(&self, order_id: OrderId) -> Result<(), PortError> {
        let key = [("orderId".to_owned(), text(order_id))];
        self.0.delete(key.into()).await
    }
}
