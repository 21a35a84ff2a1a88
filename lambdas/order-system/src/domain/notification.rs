//! What a user is told about an order.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::order::{Order, OrderId};
use super::time;
use super::user::{Email, User};

/// How long a notification is kept. It holds a copy of the address.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a mailer sends, once for each order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// When DynamoDB may delete the row: seconds since 1970, as its time to live wants them.
    pub expires_at: i64,
}

impl Notification {
    /// Returns the notification that the order of this user is confirmed.
    pub fn of_confirmed(order: &Order, user: &User, now: Timestamp) -> Self {
        Self {
            order_id: order.order_id,
            email: user.email.clone(),
            subject: format!("Your order {} is confirmed", order.order_id),
            created_at: now,
            expires_at: (now + KEPT).as_second(),
        }
    }
}
