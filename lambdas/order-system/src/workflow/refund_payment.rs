//! Compensation: gives the money back, and ends an order that cannot be delivered.
//!
//! It may run after a failure of which nobody knows what it has done, so it reads the order. One
//! that is CONFIRMED has everything, and only the answer was lost: it goes on. From any other open
//! status it ends the order in the same transaction as it gives the payment back, after which a
//! payment or a delivery that comes late finds it closed.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;

use super::task::{Task, TaskError, TaskInput, TaskResult, load, written};
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
    async fn run(&self, input: &TaskInput) -> Result<TaskResult, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        let (status, reason) = end(input.result.as_ref());
        let change = order.ends(status, reason, self.clock.now());
        let write = match order.status {
            OrderStatus::Pending => self.orders.update(&change).await?,
            OrderStatus::Paid => {
                let payment = Payment::of(&change, PaymentStatus::Refunded);
                self.payments.record(&payment, &change).await?
            }
            _ => return Ok(TaskResult::of(&order)),
        };
        written(write, &change.to)
    }
}

/// Returns how the order ends, and what its owner reads about it. The error of a task that failed
/// is for the log.
fn end(result: Option<&TaskResult>) -> (OrderStatus, String) {
    match result {
        Some(TaskResult {
            status: status @ OrderStatus::OutOfStock,
            reason,
        }) => (*status, reason.clone().unwrap_or_default()),
        _ => (
            OrderStatus::Cancelled,
            "the order could not be processed".to_owned(),
        ),
    }
}
