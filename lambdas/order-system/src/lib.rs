//! The order system: users and orders over HTTP, and what happens to an order until it ends.
//!
//! - [`domain`]: users, products, orders and payments, and the states they go through. Pure.
//! - [`message`] and [`ports`]: what is said to the outside, and what is needed of it, as traits.
//! - [`api`]: users and orders over HTTP.
//! - [`announce`], [`start`] and [`workflow`]: from a new row to its event, from the event to an
//!   execution of the state machine, and that machine's tasks.
//! - [`erase`]: deletes what is known of a user.
//! - [`aws`]: the ports on DynamoDB, EventBridge, Step Functions and SQS.
//! - [`role`]: which of these this process is.
//!
//! Arrows point up this list: the domain knows none of the others, and nothing but `aws` knows
//! an AWS SDK.

pub mod announce;
pub mod api;
pub mod aws;
pub mod domain;
pub mod erase;
pub mod message;
pub mod ports;
pub mod role;
pub mod start;
pub mod workflow;
