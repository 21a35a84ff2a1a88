//! An order and the states it goes through:
//!
//! ```text
//! PENDING ─▶ PAID ─▶ CONFIRMED
//!    │         └───▶ OUT_OF_STOCK | CANCELLED   (the payment is given back)
//!    └────▶ PAYMENT_REFUSED | CANCELLED         (nothing was paid)
//! ```
//!
//! Each transition is a pure function from an order to the [`Change`] to write, and a table writes
//! it only over the status that it starts from. No status repeats, so a step that is retried, late,
//! or run by two at once takes effect once.

use function_kit::Id;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::product::{Product, Sku};
use super::time;
use super::user::{Plan, User, UserId};

/// Most products of an order. With the order itself they are written in one transaction, of which
/// DynamoDB takes 100 actions.
pub const MAX_LINES: usize = 20;

/// Most pieces of one product in an order.
pub const MAX_QUANTITY: u32 = 1_000;

/// Which order. The id holds the millisecond at which the order was placed, which is the sort key
/// of its row: whoever knows user and order id finds the row without an index.
pub type OrderId = Id<Order>;

/// An order, as its row and as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Whose it is.
    pub user_id: UserId,
    /// When it was placed.
    #[serde(with = "time")]
    pub created_at: Timestamp,
    /// Which of the user's it is.
    pub order_id: OrderId,
    /// The user's plan when it was placed.
    pub plan: Plan,
    /// What was ordered.
    pub items: Vec<Line>,
    /// What it costs, in cents.
    pub total_cents: u64,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it ended without goods.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// When its status changed last.
    #[serde(with = "time")]
    pub updated_at: Timestamp,
}

/// What finds an order's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderKey {
    /// Whose order.
    pub user_id: UserId,
    /// Which of the user's.
    pub order_id: OrderId,
}

/// A quantity of a product, at the price when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Which product.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// What one costs, in cents.
    pub price_cents: u32,
}

/// A quantity of a product, as a client asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// Which product.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    /// It was taken, and nothing has happened yet.
    Pending,
    /// The money was taken.
    Paid,
    /// The goods were taken from the stock: it will be delivered.
    Confirmed,
    /// It costs more than the user's plan allows. Nothing was paid.
    PaymentRefused,
    /// There is too little of something. What was paid was given back.
    OutOfStock,
    /// A step could not be done. What was paid was given back.
    Cancelled,
}

/// An order's next state, to be written over the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The status over which it may be written.
    pub from: OrderStatus,
    /// The order as it is to be.
    pub to: Order,
}

impl OrderStatus {
    /// Whether an order stays in this status.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Paid)
    }

    /// Returns the status as rows, answers and conditions show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Paid => "PAID",
            Self::Confirmed => "CONFIRMED",
            Self::PaymentRefused => "PAYMENT_REFUSED",
            Self::OutOfStock => "OUT_OF_STOCK",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl Line {
    /// Returns a line of a product, at its price of today.
    pub fn of(product: &Product, quantity: u32) -> Self {
        Self {
            sku: product.sku.clone(),
            quantity,
            price_cents: product.price_cents,
        }
    }
}

impl Order {
    /// Returns a new order.
    pub fn place(user: &User, items: Vec<Line>, now: Timestamp) -> Self {
        let order_id = OrderId::generate_at(now);
        // At most 20 lines of 1,000 pieces at 2³² cents: far from 2⁶⁴.
        let cents = |line: &Line| u64::from(line.quantity) * u64::from(line.price_cents);
        Self {
            user_id: user.id,
            created_at: order_id.created_at(),
            order_id,
            plan: user.plan,
            total_cents: items.iter().map(cents).sum(),
            items,
            status: OrderStatus::Pending,
            reason: None,
            updated_at: now,
        }
    }

    /// Returns what finds the order's row.
    pub fn key(&self) -> OrderKey {
        OrderKey {
            user_id: self.user_id,
            order_id: self.order_id,
        }
    }

    /// Whether the order is what these lines ask for.
    pub fn is_of(&self, lines: &[NewLine]) -> bool {
        let lines = lines.iter().map(|line| (&line.sku, line.quantity));
        lines.eq(self.items.iter().map(|line| (&line.sku, line.quantity)))
    }

    /// Whether the user's plan allows what it costs.
    pub fn is_affordable(&self) -> bool {
        self.total_cents <= self.plan.order_limit_cents()
    }

    /// Returns the change to a status that needs no reason.
    pub fn becomes(&self, status: OrderStatus, now: Timestamp) -> Change {
        Change {
            from: self.status,
            to: Self {
                status,
                updated_at: now,
                ..self.clone()
            },
        }
    }

    /// Returns the change to an end without goods, and why.
    pub fn ends(&self, status: OrderStatus, reason: impl Into<String>, now: Timestamp) -> Change {
        let mut change = self.becomes(status, now);
        change.to.reason = Some(reason.into());
        change
    }
}

impl OrderKey {
    /// Returns the sort key of the row.
    pub fn created_at(&self) -> String {
        time::text(self.order_id.created_at())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders once held the user's e-mail address.
    #[test]
    fn an_old_row_is_read() {
        let row = r#"{"userId":"01a1fd0e-a1a4-7583-bc03-e3ff0d3bb295","email":"ann",
            "orderId":"01a1fd0e-a2d3-701b-b048-17426bd77eaf","createdAt":"2025-11-21T10:00:00.000Z",
            "plan":"free","items":[],"totalCents":0,"status":"PAID",
            "updatedAt":"2025-11-21T10:00:00.000Z"}"#;
        let order: Order = serde_json::from_str(row).unwrap();
        assert_eq!((order.status, order.reason), (OrderStatus::Paid, None));
    }
}
