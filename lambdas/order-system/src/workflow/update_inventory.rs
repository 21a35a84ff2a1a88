//! Takes an order's goods from the stock, which makes the order a promise.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;

use super::task::{Task, TaskError, TaskInput, TaskResult, load};
use crate::domain::OrderStatus;
use crate::ports::{Inventory, Orders, Take};

/// The task.
pub struct UpdateInventory {
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where goods are.
    pub inventory: Arc<dyn Inventory>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Task for UpdateInventory {
    /// Where stock is missing, the order stays PAID: only RefundPayment may end it, together with
    /// its payment.
    async fn run(&self, input: &TaskInput) -> Result<TaskResult, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        if order.status != OrderStatus::Paid {
            return Ok(TaskResult::of(&order));
        }
        let change = order.becomes(OrderStatus::Confirmed, self.clock.now());
        match self.inventory.take(&change).await? {
            Take::Done => Ok(TaskResult::of(&change.to)),
            Take::Conflict => Err(TaskError::Overtaken),
            Take::OutOfStock(sku) => Ok(TaskResult {
                status: OrderStatus::OutOfStock,
                reason: Some(format!("there are too few of {sku} in stock")),
            }),
        }
    }
}
