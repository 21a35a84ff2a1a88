//! Takes an order's goods from the stock, which makes the order a promise.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;

use super::{Task, TaskError, TaskInput, TaskOutput, load};
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
    async fn run(&self, input: &TaskInput) -> Result<TaskOutput, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        let status = OrderStatus::Confirmed;
        match order.status {
            OrderStatus::Paid => {}
            OrderStatus::Confirmed => return Ok(TaskOutput { status }),
            other => return Err(TaskError::OrderClosed(other)),
        }
        let change = order.becomes(status, self.clock.now());
        match self.inventory.take(&change).await? {
            Take::Done => Ok(TaskOutput { status }),
            Take::Conflict => Err(TaskError::Overtaken),
            Take::OutOfStock(sku) => Err(TaskError::OutOfStock(format!(
                "there are too few of {sku} in stock"
            ))),
        }
    }
}
