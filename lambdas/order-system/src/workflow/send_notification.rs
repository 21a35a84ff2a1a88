//! Tells the user that the order is confirmed.
//!
//! The notification is a row: what a mailer would send, once for each order.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::Clock;

use super::{Task, TaskError, TaskInput, TaskResult, load};
use crate::domain::{Notification, OrderStatus};
use crate::ports::{Notifications, Orders, Write};

/// The task.
pub struct SendNotification {
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where notifications go.
    pub notifications: Arc<dyn Notifications>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Task for SendNotification {
    async fn run(&self, input: &TaskInput) -> Result<TaskResult, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        if order.status != OrderStatus::Confirmed {
            return Err(TaskError::NotConfirmed(order.status));
        }
        let notification = Notification::of_confirmed(&order, self.clock.now());
        match self.notifications.insert(&notification).await? {
            // A conflict is an earlier try of this task.
            Write::Done | Write::Conflict => Ok(TaskResult::of(&order)),
        }
    }
}
