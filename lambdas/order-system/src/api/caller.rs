//! The user whom a request names, if it is the caller's.

use function_kit::{Problem, Request};

use crate::domain::{User, UserId};
use crate::ports::Users;

/// Returns the user of that id, if the caller registered it. Another's is like one that does not
/// exist, and so is one that has expired.
///
/// # Errors
/// 401 without a caller; 503 or 500 when the table cannot be read.
pub async fn user_of_caller(
    users: &dyn Users,
    request: &Request,
    id: UserId,
    now: jiff::Timestamp,
) -> Result<Option<User>, Problem> {
    let caller = request.claims.owner()?;
    let user = users.find(id).await?;
    Ok(user.filter(|user| user.owner == caller && !user.is_expired(now)))
}

/// Returns the answer where there is no such user.
pub fn unknown_user() -> Problem {
    Problem::not_found("you have no user of this id")
}
