//! Requests that create something, and their answers.

use function_kit::http::json;
use function_kit::{Problem, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

/// Largest body, in bytes: 20 lines and all else that a request may hold take a tenth of it.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Returns the answer to a request that created what is at `path` now.
///
/// # Errors
/// 500 when it cannot be written as JSON.
pub fn created(created: &impl Serialize, path: String) -> Result<Response, Problem> {
    let mut response = json(StatusCode::CREATED, created)?;
    let path = HeaderValue::try_from(path).map_err(Problem::internal)?;
    response.headers_mut().insert(LOCATION, path);
    Ok(response)
}
