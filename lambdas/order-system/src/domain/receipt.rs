//! Receipts: the order that a repeated request is answered with.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::order::{NewLine, Order, OrderId};
use super::user::UserId;

/// How long a receipt is kept at least: longer than any client retries.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A client's name for one order that it wants, the same in each request that repeats it
/// (draft-ietf-httpapi-idempotency-key-header-07).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(String);

/// A text that cannot be an [`IdempotencyKey`].
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
        (fits && visible)
            .then(|| Self(key.to_owned()))
            .ok_or(InvalidIdempotencyKey)
    }
}

impl AsRef<str> for IdempotencyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// An order as a client asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Who orders.
    pub user_id: UserId,
    /// What, each product once.
    pub lines: Vec<NewLine>,
    /// Key that marks a repeated request.
    pub key: Option<IdempotencyKey>,
}

/// Which order a key of a user stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Whose key.
    pub user_id: UserId,
    /// The key.
    pub idempotency_key: IdempotencyKey,
    /// The order.
    pub order_id: OrderId,
    /// When DynamoDB may delete the row: seconds since 1970, as its time to live wants them.
    pub expires_at: i64,
}

impl Receipt {
    /// Returns the receipt of an order that is placed now.
    pub fn of(order: &Order, key: &IdempotencyKey, now: Timestamp) -> Self {
        Self {
            user_id: order.user_id,
            idempotency_key: key.clone(),
            order_id: order.order_id,
            expires_at: (now + KEPT).as_second(),
        }
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
