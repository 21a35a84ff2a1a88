//! The HTTP API: `/users`, `/users/{id}`, `/orders`, `/users/{id}/orders` and
//! `/users/{id}/orders/{orderId}`.

pub mod orders;
pub mod users;

use function_kit::{Problem, Request};
use http::HeaderValue;

use crate::domain::{User, UserId};
use crate::ports::Users;

/// Largest body, in bytes: 20 lines and all else that a request may hold take a tenth of it.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The user of that id, if the caller registered it. Another's is like one that does not exist,
/// and so is one that has expired.
async fn user_of_caller(
    users: &dyn Users,
    request: &Request,
    id: UserId,
    now: jiff::Timestamp,
) -> Result<Option<User>, Problem> {
    let caller = request.claims.subject()?;
    let user = users.find(id).await?;
    Ok(user.filter(|user| user.owner == caller && !user.is_expired(now)))
}

fn unknown_user() -> Problem {
    Problem::not_found("you have no user of this id")
}

fn path(text: String) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(text).map_err(Problem::internal)
}
