//! Messages to others: events and dead letters.

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::{Order, OrderKey, User};

/// `source` of the events. Rules match it.
pub const SOURCE: &str = "order-system";

/// An event: something that happened. Its members are named as those of an entry of PutEvents. It names what it is about; the tables hold the rest, so that
/// no bus and no log carries names and addresses.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// What happened, such as `OrderCreated`.
    pub detail_type: &'static str,
    /// To what.
    pub detail: Value,
}

impl From<&User> for Event {
    fn from(user: &User) -> Self {
        Self {
            detail_type: "UserCreated",
            detail: json!({"userId": user.id, "plan": user.plan}),
        }
    }
}

impl From<&Order> for Event {
    fn from(order: &Order) -> Self {
        let OrderKey { user_id, order_id } = order.key();
        Self {
            detail_type: "OrderCreated",
            detail: json!({"userId": user_id, "orderId": order_id, "totalCents": order.total_cents}),
        }
    }
}

/// A change of a table that cannot be announced.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// Why.
    pub reason: String,
    /// The stream's id of the change.
    pub event_id: String,
    /// Keys of the row.
    pub keys: Value,
    /// What is to be put on the bus, if the row could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
}
