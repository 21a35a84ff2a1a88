//! What a user is told about an order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::OrderId;
use super::order::Order;
use super::time;
use super::user::Email;

/// What a mailer sends, once for each order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Which order it is about.
    pub order_id: OrderId,
    /// To whom.
    pub email: Email,
    /// One line.
    pub subject: String,
    /// When it was written.
    #[serde(with = "time")]
    pub created_at: Timestamp,
}

impl Notification {
    /// That the order is confirmed.
    pub fn of_confirmed(order: &Order, now: Timestamp) -> Self {
        Self {
            order_id: order.order_id,
            email: order.email.clone(),
            subject: format!("Your order {} is confirmed", order.order_id),
            created_at: now,
        }
    }
}
