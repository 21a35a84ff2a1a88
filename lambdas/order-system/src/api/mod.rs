//! The HTTP API: `/users`, `/users/{id}`, `/orders`, `/users/{id}/orders` and
//! `/users/{id}/orders/{orderId}`.

mod caller;
mod created;
pub mod orders;
pub mod users;
