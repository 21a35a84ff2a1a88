//! What was paid for an order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::order::{Change, Order, OrderId};
use super::time;
use super::user::UserId;

/// The payment of an order, which has at most one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Which order it is for.
    pub order_id: OrderId,
    /// Who pays.
    pub user_id: UserId,
    /// How much, in cents.
    pub amount_cents: u64,
    /// Where it stands.
    pub status: PaymentStatus,
    /// When that changed last.
    #[serde(with = "time")]
    pub updated_at: Timestamp,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    /// The money was taken.
    Charged,
    /// No money was taken.
    Refused,
    /// The money was given back.
    Refunded,
}

impl Payment {
    /// Returns the payment that goes with a change of its order.
    pub fn of(change: &Change, status: PaymentStatus) -> Self {
        let Order {
            order_id,
            user_id,
            total_cents,
            updated_at,
            ..
        } = change.to;
        Self {
            order_id,
            user_id,
            amount_cents: total_cents,
            status,
            updated_at,
        }
    }
}
