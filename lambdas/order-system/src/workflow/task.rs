//! What the tasks of the state machine share: their input, their result and their errors.

use async_trait::async_trait;
use function_kit::text::chain;
use function_kit::{PortError, PortErrorKind, Write};
use lambda_runtime::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::domain::{Order, OrderKey, OrderStatus};
use crate::ports::Orders;

/// A task of the state machine.
#[async_trait]
pub trait Task: Send + Sync {
    /// Does the task, or finds it done.
    ///
    /// # Errors
    /// Fails when nobody knows whether it was done. The definition's Retry matches
    /// [`TaskError::name`].
    async fn run(&self, input: &TaskInput) -> Result<TaskResult, TaskError>;
}

/// What the state machine sends to each task. Ignores members that it does not know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaskInput {
    /// Which order.
    #[serde(flatten)]
    pub order: OrderKey,
    /// The result of the task before; the first task has none.
    #[serde(default)]
    pub result: Option<TaskResult>,
}

/// What a task decides. Both members are always present: the definition's ResultSelector fails an
/// execution at a path that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The order's status. Where stock is missing, the status in which RefundPayment has to end
    /// the order.
    pub status: OrderStatus,
    /// Why the order ends without goods.
    pub reason: Option<String>,
}

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The order has no row.
    #[error("there is no such order")]
    OrderUnknown,
    /// The order is not confirmed, and so has no notification.
    #[error("the order is {}, not CONFIRMED", .0.name())]
    NotConfirmed(OrderStatus),
    /// Another changed the order meanwhile.
    #[error("the order was changed meanwhile")]
    Overtaken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl TaskResult {
    pub(super) fn of(order: &Order) -> Self {
        Self {
            status: order.status,
            reason: order.reason.clone(),
        }
    }
}

impl TaskError {
    /// Returns the error's name in the state machine's definition.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OrderUnknown => "OrderUnknown",
            Self::NotConfirmed(_) => "NotConfirmed",
            Self::Overtaken => "Overtaken",
            Self::Port(error) => match error.kind {
                PortErrorKind::Busy => "Busy",
                PortErrorKind::Broken | PortErrorKind::Unreadable => "Broken",
            },
        }
    }
}

impl From<TaskError> for Diagnostic {
    fn from(error: TaskError) -> Self {
        Self {
            error_type: error.name().into(),
            error_message: chain(&error),
        }
    }
}

/// Reads the order.
pub(super) async fn load(orders: &dyn Orders, key: OrderKey) -> Result<Order, TaskError> {
    orders.find(key).await?.ok_or(TaskError::OrderUnknown)
}

/// Returns the result of a task that has written the order.
pub(super) fn written(write: Write, order: &Order) -> Result<TaskResult, TaskError> {
    match write {
        Write::Done => Ok(TaskResult::of(order)),
        Write::Conflict => Err(TaskError::Overtaken),
    }
}
