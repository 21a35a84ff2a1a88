//! Which function this process is.
//!
//! One binary is all functions of the order system: it is compiled, packaged and stored once. Each
//! function has it deployed under its own handler name, which Lambda puts into `_HANDLER`.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use function_kit::aws::{Queue, sdk_config};
use function_kit::{Environment, EnvironmentError, SystemClock};

use crate::announce::{Announcer, Rows};
use crate::api::orders::OrdersApi;
use crate::api::users::UsersApi;
use crate::aws;
use crate::start::Starter;
use crate::workflow::{ProcessPayment, RefundPayment, SendNotification, Task, UpdateInventory};

/// Variable that Lambda sets to the function's handler ("Defined runtime environment variables").
pub const HANDLER: &str = "_HANDLER";

/// The handlers that there are.
const HANDLERS: [&str; 9] = [
    "users",
    "orders",
    "users-stream",
    "orders-stream",
    "start-order",
    "process-payment",
    "update-inventory",
    "refund-payment",
    "send-notification",
];

/// A function, wired to AWS.
pub enum Role {
    /// `users`: `POST /users` and `GET /users/{id}`.
    Users(UsersApi),
    /// `orders`: `POST /orders`, `GET /users/{id}/orders` and `GET /users/{id}/orders/{orderId}`.
    Orders(OrdersApi),
    /// `users-stream`, `orders-stream`: announces new rows.
    Stream(Announcer),
    /// `start-order`: starts the state machine.
    Start(Starter),
    /// A task of the state machine.
    Task(Box<dyn Task>),
}

/// Why the process cannot be a function.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// There is no function of that name.
    #[error("the function's handler is \"{0}\"; set it to one of {known}", known = HANDLERS.join(", "))]
    Unknown(String),
    /// The function's configuration is incomplete.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
}

impl Role {
    /// The function that `_HANDLER` names, with what it needs of the environment.
    ///
    /// # Errors
    /// When there is no such function, or a variable that it needs is not set; the error names it.
    pub async fn of(environment: &Environment) -> Result<Self, RoleError> {
        let handler = environment.required(HANDLER)?;
        if !HANDLERS.contains(&handler.as_str()) {
            return Err(RoleError::Unknown(handler));
        }
        let wiring = Wiring {
            environment,
            config: sdk_config().await,
        };
        Ok(match handler.as_str() {
            "users" => Self::Users(wiring.users_api()?),
            "orders" => Self::Orders(wiring.orders_api()?),
            "users-stream" => Self::Stream(wiring.announcer(Rows::Users)?),
            "orders-stream" => Self::Stream(wiring.announcer(Rows::Orders)?),
            "start-order" => Self::Start(wiring.starter()?),
            "process-payment" => Self::Task(Box::new(wiring.process_payment()?)),
            "update-inventory" => Self::Task(Box::new(wiring.update_inventory()?)),
            "refund-payment" => Self::Task(Box::new(wiring.refund_payment()?)),
            "send-notification" => Self::Task(Box::new(wiring.send_notification()?)),
            _ => return Err(RoleError::Unknown(handler)),
        })
    }
}

/// Connects ports to AWS, by the environment's names.
struct Wiring<'a> {
    environment: &'a Environment,
    config: SdkConfig,
}

type Wired<T> = Result<T, EnvironmentError>;

impl Wiring<'_> {
    fn users_api(&self) -> Wired<UsersApi> {
        let days: Option<u32> = self.environment.parsed("USER_RETENTION_DAYS")?;
        Ok(UsersApi {
            users: self.users()?,
            clock: Arc::new(SystemClock),
            retention: days.map(|days| Duration::from_secs(u64::from(days) * 24 * 60 * 60)),
        })
    }

    fn orders_api(&self) -> Wired<OrdersApi> {
        let (orders, receipts) = (
            self.required("ORDERS_TABLE")?,
            self.required("RECEIPTS_TABLE")?,
        );
        let products = self.required("PRODUCTS_TABLE")?;
        Ok(OrdersApi {
            orders: self.orders()?,
            users: self.users()?,
            receipts: Arc::new(aws::ReceiptTables::new(&self.config, orders, receipts)),
            catalogue: Arc::new(aws::ProductTable::new(&self.config, products)),
            clock: Arc::new(SystemClock),
        })
    }

    fn announcer(&self, rows: Rows) -> Wired<Announcer> {
        let bus = self.required("EVENT_BUS_NAME")?;
        let queue = self.required("DEAD_LETTER_QUEUE_URL")?;
        Ok(Announcer {
            rows,
            bus: Arc::new(aws::EventBridge::new(&self.config, bus)),
            dead_letters: Arc::new(Queue::new(&self.config, queue)),
            clock: Arc::new(SystemClock),
        })
    }

    fn starter(&self) -> Wired<Starter> {
        let arn = self.required("STATE_MACHINE_ARN")?;
        Ok(Starter {
            executions: Arc::new(aws::StateMachine::new(&self.config, arn)),
        })
    }

    fn process_payment(&self) -> Wired<ProcessPayment> {
        Ok(ProcessPayment {
            orders: self.orders()?,
            payments: self.payments()?,
            clock: Arc::new(SystemClock),
        })
    }

    fn update_inventory(&self) -> Wired<UpdateInventory> {
        let (orders, products) = (
            self.required("ORDERS_TABLE")?,
            self.required("PRODUCTS_TABLE")?,
        );
        let inventory = aws::InventoryTables::new(&self.config, orders, products);
        Ok(UpdateInventory {
            orders: self.orders()?,
            inventory: Arc::new(inventory),
            clock: Arc::new(SystemClock),
        })
    }

    fn refund_payment(&self) -> Wired<RefundPayment> {
        Ok(RefundPayment {
            orders: self.orders()?,
            payments: self.payments()?,
            clock: Arc::new(SystemClock),
        })
    }

    fn send_notification(&self) -> Wired<SendNotification> {
        let table = self.required("NOTIFICATIONS_TABLE")?;
        Ok(SendNotification {
            orders: self.orders()?,
            notifications: Arc::new(aws::NotificationTable::new(&self.config, table)),
            clock: Arc::new(SystemClock),
        })
    }

    fn users(&self) -> Wired<Arc<aws::UserTable>> {
        let table = self.required("USERS_TABLE")?;
        Ok(Arc::new(aws::UserTable::new(&self.config, table)))
    }

    fn orders(&self) -> Wired<Arc<aws::OrderTable>> {
        let table = self.required("ORDERS_TABLE")?;
        Ok(Arc::new(aws::OrderTable::new(&self.config, table)))
    }

    fn payments(&self) -> Wired<Arc<aws::PaymentTables>> {
        let (orders, payments) = (
            self.required("ORDERS_TABLE")?,
            self.required("PAYMENTS_TABLE")?,
        );
        let tables = aws::PaymentTables::new(&self.config, orders, payments);
        Ok(Arc::new(tables))
    }

    fn required(&self, name: &str) -> Wired<String> {
        self.environment.required(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn error(variables: &[(&str, &str)]) -> String {
        let environment = Environment::from_iter(variables.iter().copied());
        Role::of(&environment).await.err().unwrap().to_string()
    }

    #[tokio::test]
    async fn a_function_that_cannot_be_says_why() {
        assert!(error(&[]).await.contains(HANDLER));
        let unknown = error(&[(HANDLER, "bootstrap")]).await;
        assert!(unknown.contains("\"bootstrap\""), "{unknown}");
        assert!(unknown.contains("process-payment"), "{unknown}");
    }
}
