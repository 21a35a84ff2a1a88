//! Requests that a client may repeat without doing anything twice
//! (draft-ietf-httpapi-idempotency-key-header-07).

use std::fmt::{self, Display};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::http::Request;
use crate::problem::Problem;

/// How long a key stands for its first request at least: longer than any client tries again.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Header with which a client makes a request that it may have to repeat.
const HEADER: &str = "idempotency-key";

/// A client's name for one thing that it wants done, the same in each request that repeats it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(String);

/// A text that is no [`IdempotencyKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 255 visible characters of ASCII, such as a UUID in double quotes")]
pub struct InvalidIdempotencyKey;

impl TryFrom<&str> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    /// The draft has the key in double quotes (a string of RFC 9651). Without them, as many
    /// clients send it, it is the same key.
    fn try_from(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let quoted = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let key = quoted.unwrap_or(text);
        let fits = (1..=255).contains(&key.len());
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        let key = (fits && visible).then(|| Self(key.to_owned()));
        key.ok_or(InvalidIdempotencyKey)
    }
}

impl AsRef<str> for IdempotencyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Request {
    /// Returns the request's key, if the client sent one.
    ///
    /// # Errors
    /// 400 when the header `Idempotency-Key` holds something else.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let Some(value) = self.headers.get(HEADER) else {
            return Ok(None);
        };
        let key = IdempotencyKey::try_from(value.to_str().unwrap_or_default());
        key.map(Some)
            .map_err(|error| Problem::bad_request(format!("the header Idempotency-Key {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_with_quotes_and_without() {
        let key = IdempotencyKey::try_from("8e03978e").unwrap();
        assert_eq!(IdempotencyKey::try_from("\"8e03978e\""), Ok(key));
        for bad in ["", "\"\"", "a b", "a\n", "ü", &"a".repeat(256)] {
            let key = IdempotencyKey::try_from(bad);
            assert_eq!(key, Err(InvalidIdempotencyKey), "{bad:?}");
        }
    }
}
