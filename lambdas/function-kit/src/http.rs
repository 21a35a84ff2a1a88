//! Requests and responses of an HTTP API (API Gateway, payload format 2.0), and through
//! [`serve_rest`] those of a REST API.
//!
//! A small type of our own stands between the event and the handlers. `lambda_http` would build a
//! whole `http::Request` and panics where the client's `Host`, query or encoded body cannot be
//! part of one; a client must not be able to do that.

mod member;
mod members;
mod precondition;
mod request;
mod rest;
mod route;
mod serve;
pub mod size;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::problem::Problem;

pub use member::Member;
pub use precondition::{IfMatch, etag, precondition_failed};
pub use request::Request;
pub use rest::serve_rest;
pub use route::{Matched, Route};
pub use serve::serve;

/// An answer whose body is text.
pub type Response = http::Response<String>;

/// An answer with a JSON body.
///
/// # Errors
/// 500 when `body` cannot be written as JSON.
pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Response, Problem> {
    let mut response = Response::new(serde_json::to_string(body).map_err(Problem::internal)?);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
