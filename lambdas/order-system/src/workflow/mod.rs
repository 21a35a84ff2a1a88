//! The tasks of the state machine.
//!
//! The state machine retries a task after any failure, also after one of which nobody knows what
//! it has done. So each task reads the order first, writes the order and its own rows in one
//! transaction on the condition of the order's status, and finds its work done when it runs again.
//!
//! What a task decides is its [`TaskResult`], which a Choice of the state machine reads: a refused
//! payment and missing stock among them. A [`TaskError`] is a failure: it counts in the function's
//! metric `Errors`, raises its alarm and is retried.

mod process_payment;
mod refund_payment;
mod send_notification;
mod task;
mod update_inventory;

pub use process_payment::ProcessPayment;
pub use refund_payment::RefundPayment;
pub use send_notification::SendNotification;
pub use task::{Task, TaskError, TaskInput, TaskResult};
pub use update_inventory::UpdateInventory;
