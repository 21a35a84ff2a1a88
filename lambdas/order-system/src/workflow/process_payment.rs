//! Takes the money for an order, if the user's plan allows what it costs.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;

use super::task::{Task, TaskError, TaskInput, TaskResult, load, written};
use crate::domain::{Change, Order, OrderStatus, Payment, PaymentStatus};
use crate::ports::{Orders, Payments};

/// The task.
pub struct ProcessPayment {
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where payments go.
    pub payments: Arc<dyn Payments>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Task for ProcessPayment {
    async fn run(&self, input: &TaskInput) -> Result<TaskResult, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        if order.status != OrderStatus::Pending {
            return Ok(TaskResult::of(&order));
        }
        let (change, status) = self.decide(&order);
        let payment = Payment::of(&change, status);
        written(self.payments.record(&payment, &change).await?, &change.to)
    }
}

impl ProcessPayment {
    fn decide(&self, order: &Order) -> (Change, PaymentStatus) {
        let now = self.clock.now();
        if order.is_affordable() {
            return (
                order.becomes(OrderStatus::Paid, now),
                PaymentStatus::Charged,
            );
        }
        let (cents, limit) = (order.total_cents, order.plan.order_limit_cents());
        let reason = format!("the order costs {cents} cents, and the plan allows {limit}");
        (
            order.ends(OrderStatus::PaymentRefused, reason, now),
            PaymentStatus::Refused,
        )
    }
}
