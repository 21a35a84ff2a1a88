//! What the order system needs of the outside world.

use async_trait::async_trait;
use function_kit::idempotency::IdempotencyKey;
use function_kit::{Page, PortError, Write};

use crate::domain::{
    Change, Notification, Order, OrderId, OrderKey, Payment, Product, Receipt, Sku, User, UserId,
};
use crate::message::{DeadLetter, Event};

/// Outcome of [`Inventory::take`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    /// The goods are taken, and the order has changed.
    Done,
    /// The order had changed before; nothing was written.
    Conflict,
    /// There is too little of this; nothing was written.
    OutOfStock(Sku),
}

/// The table of users.
#[async_trait]
pub trait Users: Send + Sync {
    /// Writes a new user.
    async fn insert(&self, user: &User) -> Result<(), PortError>;

    /// Reads a user as it was last written.
    async fn find(&self, id: UserId) -> Result<Option<User>, PortError>;

    /// Deletes a user, if there is one.
    async fn remove(&self, id: UserId) -> Result<(), PortError>;
}

/// The table of orders.
#[async_trait]
pub trait Orders: Send + Sync {
    /// Writes a new order, unless another of the same user is of the same millisecond.
    async fn insert(&self, order: &Order) -> Result<Write, PortError>;

    /// Reads an order as it was last written.
    async fn find(&self, key: OrderKey) -> Result<Option<Order>, PortError>;

    /// Reads at most `limit` of a user's orders that are older than `after`, the youngest first.
    async fn page(
        &self,
        user_id: UserId,
        after: Option<OrderId>,
        limit: u8,
    ) -> Result<Page<Order>, PortError>;

    /// Writes the order's next state, if it still is in the one before.
    async fn update(&self, change: &Change) -> Result<Write, PortError>;

    /// Deletes an order, if there is one.
    async fn remove(&self, key: OrderKey) -> Result<(), PortError>;
}

/// The receipts of orders that are placed under a key, with those orders.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// Reads the receipt of a user's key as it was last written.
    async fn find(
        &self,
        user_id: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<Receipt>, PortError>;

    /// Writes a new order and its receipt, unless another order of the same user is of the same
    /// millisecond, or the key has a receipt: both or neither.
    async fn place(&self, order: &Order, receipt: &Receipt) -> Result<Write, PortError>;

    /// Reads some receipts of a user; none when there is none left.
    async fn some_of(&self, user_id: UserId) -> Result<Vec<Receipt>, PortError>;

    /// Deletes a receipt, if it is there.
    async fn remove(&self, receipt: &Receipt) -> Result<(), PortError>;
}

/// What can be ordered.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// Those of the products that exist, in any order.
    async fn find(&self, skus: &[Sku]) -> Result<Vec<Product>, PortError>;
}

/// Payments, with the orders that they are for.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Writes the payment and its order's next state, if the order still is in the one before:
    /// both or neither.
    async fn record(&self, payment: &Payment, change: &Change) -> Result<Write, PortError>;
}

/// The stock, with the orders that take from it.
#[async_trait]
pub trait Inventory: Send + Sync {
    /// Takes an order's goods and writes its next state, if the order still is in the one before
    /// and there is enough of everything: all or nothing.
    async fn take(&self, change: &Change) -> Result<Take, PortError>;
}

/// The notifications of orders.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Writes an order's notification, unless there is one.
    async fn insert(&self, notification: &Notification) -> Result<Write, PortError>;

    /// Deletes an order's notification, if there is one.
    async fn remove(&self, order_id: OrderId) -> Result<(), PortError>;
}

/// The bus that tells others what happened.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Puts an event on the bus, at least once.
    async fn put(&self, event: &Event) -> Result<(), PortError>;
}

/// The executions of the state machine.
#[async_trait]
pub trait Executions: Send + Sync {
    /// Starts the execution that bears the order's id, unless there is or was one.
    async fn start(&self, order: OrderKey) -> Result<Write, PortError>;
}

/// The queue of what cannot be announced.
#[async_trait]
pub trait DeadLetterQueue: Send + Sync {
    /// Sends a dead letter, at least once.
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError>;
}
