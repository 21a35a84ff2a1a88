//! The tables of users, orders, products and notifications. A row's attributes are the members of
//! its type.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use function_kit::aws::port_error;
use function_kit::aws::table::{Condition, Put, Row, Table, key, text};
use function_kit::{Page, PortError, PortErrorKind, Write};

use super::transaction::{STATUS, status};
use crate::domain::{Change, Notification, Order, OrderId, OrderKey, Product, Sku, User, UserId};
use crate::ports::{Catalogue, Notifications, Orders, Users};

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
    /// Returns the table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name, "id"))
    }
}

#[async_trait]
impl Users for UserTable {
    /// Needs no condition: the id is new, and a try that the SDK repeats writes the same.
    async fn insert(&self, user: &User) -> Result<(), PortError> {
        self.0.put(self.0.row(user)?).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, PortError> {
        let row = self.0.get(key([("id", text(id))])).await?;
        row.map(|row| self.0.value(row)).transpose()
    }

    async fn remove(&self, id: UserId) -> Result<(), PortError> {
        remove(&self.0, key([("id", text(id))])).await
    }
}

impl OrderTable {
    /// Returns the table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name, "userId"))
    }
}

#[async_trait]
impl Orders for OrderTable {
    async fn insert(&self, order: &Order) -> Result<Write, PortError> {
        let put = self.0.put_if(self.0.row(order)?, Condition::Absent);
        Ok(put.await?.into())
    }

    async fn find(&self, key: OrderKey) -> Result<Option<Order>, PortError> {
        let row = self.0.get(order_key(key)).await?;
        let order: Option<Order> = row.map(|row| self.0.value(row)).transpose()?;
        Ok(order.filter(|order| order.order_id == key.order_id))
    }

    async fn page(
        &self,
        user_id: UserId,
        after: Option<OrderId>,
        limit: u8,
    ) -> Result<Page<Order>, PortError> {
        let after = after.map(|order_id| order_key(OrderKey { user_id, order_id }));
        let page = self.0.page(text(user_id), after, limit).await?;
        page.try_map(|row| self.0.value(row))
    }

    async fn update(&self, change: &Change) -> Result<Write, PortError> {
        let condition = Condition::Holds(STATUS, Some(status(change.from)));
        let put = self.0.put_if(self.0.row(&change.to)?, condition);
        Ok(put.await?.into())
    }

    async fn remove(&self, key: OrderKey) -> Result<(), PortError> {
        remove(&self.0, order_key(key)).await
    }
}

fn order_key(order: OrderKey) -> Row {
    key([
        ("userId", text(order.user_id)),
        ("createdAt", text(order.created_at())),
    ])
}

/// Deletes a row. One that is gone is deleted as well, by an earlier try perhaps.
pub(super) async fn remove(table: &Table, key: Row) -> Result<(), PortError> {
    match table.delete_if(key, Condition::Present).await? {
        Put::Done | Put::Refused(_) => Ok(()),
    }
}

impl ProductTable {
    /// Returns the table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name, "sku"))
    }
}

#[async_trait]
impl Catalogue for ProductTable {
    async fn find(&self, skus: &[Sku]) -> Result<Vec<Product>, PortError> {
        let name = self.0.name();
        let operation = || format!("BatchGetItem on table {name}");
        let keys = skus.iter().map(|sku| key([("sku", text(sku))]));
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys.collect()))
            .build()
            .map_err(|error| PortError::broken(operation(), error))?;
        let request = self.0.client().batch_get_item().request_items(name, keys);
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
        let rows = rows.unwrap_or_default().into_iter();
        rows.map(|row| self.0.value(row)).collect()
    }
}

impl NotificationTable {
    /// Returns the table of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self(Table::new(config, name, "orderId"))
    }
}

#[async_trait]
impl Notifications for NotificationTable {
    async fn insert(&self, notification: &Notification) -> Result<Write, PortError> {
        let put = self.0.put_if(self.0.row(notification)?, Condition::Absent);
        Ok(put.await?.into())
    }

    async fn remove(&self, order_id: OrderId) -> Result<(), PortError> {
        remove(&self.0, key([("orderId", text(order_id))])).await
    }
}
