//! The ports on AWS. Region, credentials, endpoint and retries are those that the SDK finds in
//! the environment.

mod event_bus;
mod executions;
mod queue;
mod receipts;
mod tables;
mod transaction;

pub use executions::StateMachine;
pub use receipts::ReceiptTables;
pub use tables::{NotificationTable, OrderTable, ProductTable, UserTable};
pub use transaction::{InventoryTables, PaymentTables};
