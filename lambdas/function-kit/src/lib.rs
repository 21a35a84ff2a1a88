//! What functions on AWS Lambda share, whatever they are about: HTTP requests and responses,
//! problems (RFC 9457), the caller's claims, telemetry, configuration, batches of a stream, and
//! how ports and their adapters to AWS fail. Knows no application, and no AWS service but those
//! that call functions.

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
