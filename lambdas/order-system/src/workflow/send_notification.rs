//! Tells the user that the order is confirmed.
//!
//! The notification is a row: what a mailer would send, once for each order. The address is read
//! from the user's row, so that orders hold no copy of it.

use std::sync::Arc;

use async_trait::async_trait;
use function_kit::{Clock, Write};

use super::task::{Task, TaskError, TaskInput, TaskResult, load};
use crate::domain::{Notification, OrderStatus};
use crate::ports::{Notifications, Orders, Users};

/// The task.
pub struct SendNotification {
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where users are.
    pub users: Arc<dyn Users>,
    /// Where notifications go.
    pub notifications: Arc<dyn Notifications>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Task for SendNotification {
    /// Nobody is told about the order of a user who was erased or has expired.
    async fn run(&self, input: &TaskInput) -> Result<TaskResult, TaskError> {
        let order = load(&*self.orders, input.order).await?;
        if order.status != OrderStatus::Confirmed {
            return Err(TaskError::NotConfirmed(order.status));
        }
        let now = self.clock.now();
        let user = self.users.find(order.user_id).await?;
        if let Some(user) = user.filter(|user| !user.is_expired(now)) {
            let notification = Notification::of_confirmed(&order, &user, now);
            match self.notifications.insert(&notification).await? {
                // A conflict is an earlier try of this task.
                Write::Done | Write::Conflict => {}
            }
        }
        Ok(TaskResult::of(&order))
    }
}
