//! Takes the money for an order, if the user's plan allows what it costs.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;

use super::{Task, TaskError, TaskInput, TaskOutput, done, load};
use crate::domain::{Order, OrderStatus, Payment, PaymentStatus};
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
    async fn run(&self, input: &TaskInput) -> Result<TaskOutput, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        match order.status {
            OrderStatus::Pending if order.is_affordable() => self.charge(&order).await,
            OrderStatus::Pending => self.refuse(&order).await,
            OrderStatus::Paid | OrderStatus::Confirmed => Ok(TaskOutput {
                status: order.status,
            }),
            OrderStatus::PaymentRefused => Err(refused(&order)),
            OrderStatus::OutOfStock | OrderStatus::Cancelled => {
                Err(TaskError::OrderClosed(order.status))
            }
        }
    }
}

impl ProcessPayment {
    async fn charge(&self, order: &Order) -> Result<TaskOutput, TaskError> {
        let change = order.becomes(OrderStatus::Paid, self.clock.now());
        let payment = Payment::of(&change, PaymentStatus::Charged);
        done(
            self.payments.record(&payment, &change).await?,
            change.to.status,
        )
    }

    async fn refuse(&self, order: &Order) -> Result<TaskOutput, TaskError> {
        let error = refused(order);
        let change = order.ends(
            OrderStatus::PaymentRefused,
            error.to_string(),
            self.clock.now(),
        );
        let payment = Payment::of(&change, PaymentStatus::Refused);
        let write = self.payments.record(&payment, &change).await?;
        done(write, change.to.status).and(Err(error))
    }
}

fn refused(order: &Order) -> TaskError {
    TaskError::PaymentRefused(format!(
        "the order costs {} cents, and the plan allows {}",
        order.total_cents,
        order.plan.order_limit_cents()
    ))
}
