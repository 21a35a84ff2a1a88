//! What functions on AWS Lambda share, whatever they are about: HTTP requests and responses,
//! problems (RFC 9457), the caller's claims, telemetry and configuration. Knows no application
//! and no AWS SDK.

pub mod claims;
pub mod environment;
pub mod http;
pub mod problem;
pub mod telemetry;

pub use claims::Claims;
pub use environment::{Environment, EnvironmentError};
pub use http::{Request, Response};
pub use problem::Problem;
