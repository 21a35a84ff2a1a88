//! Which function this process is.
//!
//! One binary is all functions of the order system: it is compiled, packaged and stored once. Each
//! function has it deployed under its own handler name, which Lambda puts into `_HANDLER`.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use function_kit::aws::{Bus, Queue, sdk_config};
use function_kit::{Environment, EnvironmentError, SystemClock};

use crate::announce::{Announcer, Rows};
use crate::api::orders::OrdersApi;
use crate::api::users::UsersApi;
use crate::aws;
use crate::erase::Eraser;
use crate::start::Starter;
use crate::workflow::{ProcessPayment, RefundPayment, SendNotification, Task, UpdateInventory};

/// Variable that Lambda sets to the function's handler ("Defined runtime environment variables").
pub const HANDLER: &str = "_HANDLER";

/// Makes a function of its configuration.
type Wire = fn(&Wiring<'_>) -> Wired<Role>;

/// The functions by their handlers. `examples/order-system/functions.tf` deploys each.
const ROLES: [(&str, Wire); 10] = [
    ("users", |wiring| Ok(Role::Users(wiring.users_api()?))),
    ("orders", |wiring| Ok(Role::Orders(wiring.orders_api()?))),
    ("users-stream", |wiring| {
        Ok(Role::Stream(wiring.announcer(Rows::Users)?))
    }),
    ("orders-stream", |wiring| {
        Ok(Role::Stream(wiring.announcer(Rows::Orders)?))
    }),
    ("start-order", |wiring| Ok(Role::Start(wiring.starter()?))),
    ("process-payment", |wiring| {
        Ok(Role::Task(Box::new(wiring.process_payment()?)))
    }),
    ("update-inventory", |wiring| {
        Ok(Role::Task(Box::new(wiring.update_inventory()?)))
    }),
    ("refund-payment", |wiring| {
        Ok(Role::Task(Box::new(wiring.refund_payment()?)))
    }),
    ("send-notification", |wiring| {
        Ok(Role::Task(Box::new(wiring.send_notification()?)))
    }),
    ("erase-user", |wiring| Ok(Role::Erase(wiring.eraser()?))),
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
    /// `erase-user`: deletes what is known of a user.
    Erase(Eraser),
    /// A task of the state machine.
    Task(Box<dyn Task>),
}

/// Why the process cannot be a function.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// There is no function of that name.
    #[error("the function's handler is \"{0}\"; set it to one of {known}", known = handlers().join(", "))]
    Unknown(String),
    /// The function's configuration is incomplete.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
}

impl Role {
    /// Returns the function that `_HANDLER` names, with what it needs of the environment.
    ///
    /// # Errors
    /// Fails when there is no such function, or a variable that it needs is not set; the error
    /// names it.
    pub async fn of(environment: &Environment) -> Result<Self, RoleError> {
        let handler = environment.required(HANDLER)?;
        let Some((_, wire)) = ROLES.iter().find(|(name, _)| *name == handler) else {
            return Err(RoleError::Unknown(handler));
        };
        let config = sdk_config().await;
        Ok(wire(&Wiring {
            environment,
            config,
        })?)
    }
}

fn handlers() -> Vec<&'static str> {
    ROLES.iter().map(|(handler, _)| *handler).collect()
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
        let products = self.required("PRODUCTS_TABLE")?;
        Ok(OrdersApi {
            orders: self.orders()?,
            users: self.users()?,
            receipts: self.receipts()?,
            catalogue: Arc::new(aws::ProductTable::new(&self.config, products)),
            clock: Arc::new(SystemClock),
        })
    }

    fn announcer(&self, rows: Rows) -> Wired<Announcer> {
        let bus = self.required("EVENT_BUS_NAME")?;
        let queue = self.required("DEAD_LETTER_QUEUE_URL")?;
        Ok(Announcer {
            rows,
            bus: Arc::new(Bus::new(&self.config, bus)),
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
        Ok(SendNotification {
            orders: self.orders()?,
            users: self.users()?,
            notifications: self.notifications()?,
            clock: Arc::new(SystemClock),
        })
    }

    fn eraser(&self) -> Wired<Eraser> {
        Ok(Eraser {
            users: self.users()?,
            orders: self.orders()?,
            receipts: self.receipts()?,
            notifications: self.notifications()?,
        })
    }

    fn receipts(&self) -> Wired<Arc<aws::ReceiptTables>> {
        let (orders, receipts) = (
            self.required("ORDERS_TABLE")?,
            self.required("RECEIPTS_TABLE")?,
        );
        let tables = aws::ReceiptTables::new(&self.config, orders, receipts);
        Ok(Arc::new(tables))
    }

    fn notifications(&self) -> Wired<Arc<aws::NotificationTable>> {
        let table = self.required("NOTIFICATIONS_TABLE")?;
        Ok(Arc::new(aws::NotificationTable::new(&self.config, table)))
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
    async fn reports_why_a_function_cannot_start() {
        assert!(error(&[]).await.contains(HANDLER));
        let unknown = error(&[(HANDLER, "bootstrap")]).await;
        assert!(unknown.contains("\"bootstrap\""), "{unknown}");
        assert!(unknown.contains("process-payment"), "{unknown}");
    }

    #[test]
    fn the_example_deploys_each_handler() {
        let example = include_str!("../../../examples/order-system/functions.tf");
        let (_, rest) = example.split_once("  handlers = {\n").unwrap();
        let (block, _) = rest.split_once("\n  }\n").unwrap();
        let deployed = block.lines().filter_map(|line| line.split_once('='));
        let deployed: Vec<&str> = deployed.map(|(handler, _)| handler.trim()).collect();
        assert_eq!(deployed, handlers());
    }
}
