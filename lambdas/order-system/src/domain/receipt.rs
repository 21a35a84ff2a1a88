//! Receipts: the order that a repeated request is answered with.

use function_kit::idempotency::{IdempotencyKey, KEPT};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::order::{NewLine, Order, OrderId};
use super::user::UserId;

/// An order as a client asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Who orders.
    pub user_id: UserId,
    /// What, each product once.
    pub lines: Vec<NewLine>,
    /// Key that marks a repeated request.
    pub key: Option<IdempotencyKey>,
}

/// Which order a key of a user stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Whose key.
    pub user_id: UserId,
    /// The key.
    pub idempotency_key: IdempotencyKey,
    /// The order.
    pub order_id: OrderId,
    /// When DynamoDB may delete the row: seconds since 1970, as its time to live wants them.
    pub expires_at: i64,
}

impl Receipt {
    /// Returns the receipt of an order that is placed now.
    pub fn of(order: &Order, key: &IdempotencyKey, now: Timestamp) -> Self {
        Self {
            user_id: order.user_id,
            idempotency_key: key.clone(),
            order_id: order.order_id,
            expires_at: (now + KEPT).as_second(),
        }
    }
}
