//! The items API: JSON items of their owners, in one DynamoDB table.
//!
//! - [`domain`]: what an item is, and which JSON it may hold. Pure.
//! - [`ports`]: what the API needs of a table, as a trait.
//! - [`api`]: the HTTP API over the port.
//! - [`aws`]: the port on DynamoDB.
//!
//! Arrows point up this list: the domain knows none of the others, and nothing but `aws` knows
//! an AWS SDK.

pub mod api;
pub mod aws;
pub mod domain;
pub mod ports;
