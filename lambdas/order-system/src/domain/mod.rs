//! What users, products, orders, payments and notifications are, and the states they go through. Pure.

mod notification;
mod order;
mod payment;
mod product;
mod receipt;
mod time;
mod user;

pub use notification::Notification;
pub use order::{
    Change, Line, MAX_LINES, MAX_QUANTITY, NewLine, Order, OrderId, OrderKey, OrderStatus,
};
pub use payment::{Payment, PaymentStatus};
pub use product::{Product, Sku};
pub use receipt::{NewOrder, Receipt};
pub use user::{Email, InvalidUser, NewUser, PersonName, Plan, User, UserId};
