//! Which user, and which order: UUIDs of version 7 (RFC 9562).

use std::fmt::{self, Display};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::{NoContext, Uuid};

/// Which user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(Uuid);

impl UserId {
    /// A new id, which no other user has.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for UserId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// Which order. The id holds the millisecond at which the order was placed, which is the sort key
/// of its row: whoever knows user and order id finds the row without an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Uuid", into = "Uuid")]
pub struct OrderId(Uuid);

/// A UUID that is no [`OrderId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an order id is a UUID of version 7")]
pub struct InvalidOrderId;

impl OrderId {
    /// A new id of an order that is placed at `time`.
    pub fn generate(time: Timestamp) -> Self {
        let seconds = time.as_second().unsigned_abs();
        let nanoseconds = time.subsec_nanosecond().unsigned_abs();
        let time = uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds);
        Self(Uuid::new_v7(time))
    }

    /// When the order was placed, in milliseconds.
    pub fn created_at(self) -> Timestamp {
        let milliseconds = self.0.as_u128() >> 80;
        // 48 bits of milliseconds (RFC 9562, section 5.7) reach beyond the year 9999, where
        // time ends; `try_from` has refused those.
        i64::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

impl TryFrom<Uuid> for OrderId {
    type Error = InvalidOrderId;

    fn try_from(id: Uuid) -> Result<Self, InvalidOrderId> {
        let is_order_id = id.get_version_num() == 7 && Self(id).created_at() < Timestamp::MAX;
        is_order_id.then_some(Self(id)).ok_or(InvalidOrderId)
    }
}

impl From<OrderId> for Uuid {
    fn from(id: OrderId) -> Self {
        id.0
    }
}

impl Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OrderId {
    type Err = InvalidOrderId;

    fn from_str(text: &str) -> Result<Self, InvalidOrderId> {
        let id: Uuid = text.parse().map_err(|_| InvalidOrderId)?;
        id.try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_id_tells_the_millisecond_of_its_order() {
        for milliseconds in [0, 1, 1_763_708_400_123] {
            let time = Timestamp::from_millisecond(milliseconds).unwrap();
            let id = OrderId::generate(time);
            assert_eq!(id.created_at(), time);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn other_uuids_are_no_order_ids() {
        for text in [
            "",
            "4f1f9c0e-7d3b-4c7e-9a55-0d9b1b1f2a3c",
            "ffffffff-ffff-7fff-bfff-ffffffffffff",
        ] {
            assert_eq!(text.parse::<OrderId>(), Err(InvalidOrderId), "{text}");
        }
    }
}
