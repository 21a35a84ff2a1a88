//! Compensation: gives the money back, and ends an order that cannot be delivered.
//!
//! It comes after a failure of which nobody knows what it has done, so it asks the order. One that
//! is CONFIRMED has everything, and only the answer was lost: it goes on. From any other status it
//! is ended in the same transaction as its payment is given back, after which a payment or a
//! delivery that comes late finds it closed.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;
use serde::Deserialize;

use super::{Caught, Task, TaskError, TaskInput, TaskOutput, done, load};
use crate::domain::{OrderStatus, Payment, PaymentStatus};
use crate::ports::{Orders, Payments};

/// The task.
pub struct RefundPayment {
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where payments are.
    pub payments: Arc<dyn Payments>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Task for RefundPayment {
    async fn run(&self, input: &TaskInput) -> Result<TaskOutput, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        let (status, reason) = end(input.error.as_ref());
        let change = order.ends(status, reason, self.clock.now());
        match order.status {
            OrderStatus::Pending => done(self.orders.update(&change).await?, status),
            OrderStatus::Paid => {
                let payment = Payment::of(&change, PaymentStatus::Refunded);
                done(self.payments.record(&payment, &change).await?, status)
            }
            status => Ok(TaskOutput { status }),
        }
    }
}

/// How the order ends, and what its owner reads about it. What a broken function said is for the
/// log.
fn end(error: Option<&Caught>) -> (OrderStatus, String) {
    match error {
        Some(Caught { error, cause }) if error == "OutOfStock" => {
            (OrderStatus::OutOfStock, message(cause))
        }
        _ => (
            OrderStatus::Cancelled,
            "the order could not be processed".to_owned(),
        ),
    }
}

/// The function's message in a cause.
fn message(cause: &str) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cause {
        error_message: String,
    }
    serde_json::from_str(cause).map_or_else(
        |_| "out of stock".to_owned(),
        |cause: Cause| cause.error_message,
    )
}
