//! The tasks of the state machine.
//!
//! Each is tried again after any failure, also after one of which nobody knows what it has done.
//! So each looks at the order first, changes order and its own rows in one transaction that starts
//! from the order's status, and finds its work done when it comes again.

mod process_payment;
mod refund_payment;
mod send_notification;
mod update_inventory;

use async_trait::async_trait;
use function_kit::text::chain;
use function_kit::{PortError, PortErrorKind};
use lambda_runtime::Diagnostic;
use serde::{Deserialize, Serialize};

pub use process_payment::ProcessPayment;
pub use refund_payment::RefundPayment;
pub use send_notification::SendNotification;
pub use update_inventory::UpdateInventory;

use crate::domain::{Order, OrderKey, OrderStatus};
use crate::ports::{Orders, Write};

/// A task of the state machine.
#[async_trait]
pub trait Task: Send + Sync {
    /// Does it, or finds it done.
    ///
    /// # Errors
    /// What the state machine matches by [`TaskError::name`].
    async fn run(&self, input: &TaskInput) -> Result<TaskOutput, TaskError>;
}

/// What the state machine hands to each task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaskInput {
    /// Which order.
    #[serde(flatten)]
    pub order: OrderKey,
    /// What a task before failed with.
    #[serde(default)]
    pub error: Option<Caught>,
}

/// An error as a Catch of the state machine hands it over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Caught {
    /// Its name.
    pub error: String,
    /// Of a function's error: a JSON text with `errorType` and `errorMessage`.
    #[serde(default)]
    pub cause: String,
}

/// What each task answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TaskOutput {
    /// The order's status.
    pub status: OrderStatus,
}

/// Why a task was not done.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The order costs more than the user's plan allows. It has ended.
    #[error("{0}")]
    PaymentRefused(String),
    /// There is too little of something.
    #[error("{0}")]
    OutOfStock(String),
    /// The order is in no status for this task, and never will be again.
    #[error("the order is {}", .0.name())]
    OrderClosed(OrderStatus),
    /// There is no such order.
    #[error("there is no such order")]
    OrderUnknown,
    /// Another changed the order meanwhile.
    #[error("the order was changed meanwhile")]
    Overtaken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl TaskError {
    /// The error's name in the state machine's definition.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PaymentRefused(_) => "PaymentRefused",
            Self::OutOfStock(_) => "OutOfStock",
            Self::OrderClosed(_) => "OrderClosed",
            Self::OrderUnknown => "OrderUnknown",
            Self::Overtaken => "Overtaken",
            Self::Port(error) => match error.kind {
                PortErrorKind::Busy => "Busy",
                PortErrorKind::Broken => "Broken",
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

async fn load(orders: &dyn Orders, key: OrderKey) -> Result<Order, TaskError> {
    orders.find(key).await?.ok_or(TaskError::OrderUnknown)
}

fn done(write: Write, status: OrderStatus) -> Result<TaskOutput, TaskError> {
    match write {
        Write::Done => Ok(TaskOutput { status }),
        Write::Conflict => Err(TaskError::Overtaken),
    }
}
