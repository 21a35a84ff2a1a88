//! What functions on AWS Lambda share, whatever they are about.
//!
//! - Requests: [`http`], with routes, preconditions and sizes; [`claims`] and [`owner`]; pages of
//!   listings ([`page`]); requests that are repeated ([`idempotency`]); [`mistakes`] of a body and
//!   problems (RFC 9457, [`problem`]).
//! - Events: batches of a stream or a queue ([`batch`]), and the [`deadline`] of an invocation.
//! - The outside: how ports fail ([`port`]), and what their adapters to AWS share ([`aws`]: error
//!   classes, and by feature tables of DynamoDB and queues of SQS).
//! - The rest: [`id`]s, [`clock`], [`environment`], [`telemetry`] and [`text`] of bounded length.
//!
//! Knows no application.

pub mod aws;
pub mod batch;
pub mod claims;
pub mod clock;
pub mod deadline;
pub mod environment;
pub mod http;
pub mod id;
pub mod idempotency;
pub mod mistakes;
pub mod owner;
pub mod page;
pub mod port;
pub mod problem;
mod problem_type;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;

pub use claims::Claims;
pub use clock::{Clock, SystemClock};
pub use deadline::Deadline;
pub use environment::{Environment, EnvironmentError};
pub use http::{Member, Request, Response};
pub use id::{Id, InvalidId};
pub use idempotency::IdempotencyKey;
pub use mistakes::Mistakes;
pub use owner::{InvalidOwner, Owner};
pub use page::Page;
pub use port::{PortError, PortErrorKind, Write};
pub use problem::Problem;
pub use problem_type::ProblemType;
