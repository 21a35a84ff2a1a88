//! Which one of its kind: ids that sort by their age.

use std::cmp::Ordering;
use std::fmt::{self, Debug, Display};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use uuid::{NoContext, Uuid, Version};

/// The id of a `T`: a UUID of version 7 (RFC 9562), which begins with the millisecond at which it
/// was made. `T` only keeps ids of different things apart:
///
/// ```
/// struct Item;
/// type ItemId = function_kit::Id<Item>;
/// let id = ItemId::generate();
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
///
/// As text it has one spelling, lower case with hyphens: the text is a key, and two spellings
/// would be two keys.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// What is not an [`Id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID of version 7 in lower case with hyphens")]
pub struct InvalidId;

impl<T> Id<T> {
    /// Returns a new id, which is greater than those that this process made before.
    pub fn generate() -> Self {
        Self(Uuid::now_v7(), PhantomData)
    }

    /// Returns a new id of that millisecond. Ids of one millisecond are in no order. Times before
    /// 1970 count as 1970.
    pub fn generate_at(time: Timestamp) -> Self {
        let time = time.max(Timestamp::UNIX_EPOCH);
        let (seconds, nanoseconds) = (time.as_second(), time.subsec_nanosecond());
        let time = uuid::Timestamp::from_unix(
            NoContext,
            seconds.unsigned_abs(),
            nanoseconds.unsigned_abs(),
        );
        Self(Uuid::new_v7(time), PhantomData)
    }

    /// Returns when it was made, in milliseconds.
    pub fn created_at(self) -> Timestamp {
        // Only ids whose time is one are made.
        time_of(self.0).unwrap_or_default()
    }
}

/// The first 48 bits are milliseconds since 1970 (RFC 9562, section 5.7). They reach beyond the
/// year 9999, where [`Timestamp`] ends.
fn time_of(id: Uuid) -> Option<Timestamp> {
    let milliseconds = i64::try_from(id.as_u128() >> 80).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}

impl<T> TryFrom<Uuid> for Id<T> {
    type Error = InvalidId;

    fn try_from(id: Uuid) -> Result<Self, InvalidId> {
        let is_id = id.get_version() == Some(Version::SortRand) && time_of(id).is_some();
        is_id.then_some(Self(id, PhantomData)).ok_or(InvalidId)
    }
}

impl<T> From<Id<T>> for Uuid {
    fn from(id: Id<T>) -> Self {
        id.0
    }
}

impl<T> FromStr for Id<T> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let id = Self::try_from(Uuid::try_parse(text).map_err(|_| InvalidId)?)?;
        (id.to_string() == text).then_some(id).ok_or(InvalidId)
    }
}

impl<T> Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl<T> Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

// Derived, these would ask the same of `T`.

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Thing;
    type ThingId = Id<Thing>;

    #[test]
    fn an_id_has_one_spelling() {
        let id = ThingId::generate();
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        for bad in [
            text.to_uppercase(),
            text.replace('-', ""),
            format!("{{{text}}}"),
            "4f1f9c0e-7d3b-4c7e-9a55-0d9b1b1f2a3c".to_owned(),
            // Beyond the year 9999.
            "ffffffff-ffff-7000-8000-000000000000".to_owned(),
            String::new(),
        ] {
            assert_eq!(bad.parse::<ThingId>(), Err(InvalidId), "{bad}");
            let json = serde_json::Value::String(bad);
            assert!(serde_json::from_value::<ThingId>(json).is_err());
        }
    }

    #[test]
    fn an_id_tells_the_millisecond_at_which_it_was_made() {
        for milliseconds in [0, 1, 1_763_708_400_123] {
            let time = Timestamp::from_millisecond(milliseconds).unwrap();
            let id = ThingId::generate_at(time);
            assert_eq!(id.created_at(), time);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        let old: ThingId = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f".parse().unwrap();
        assert_eq!(old.created_at().to_string(), "2022-02-22T19:22:22Z");
        let before = ThingId::generate_at(Timestamp::from_second(-1).unwrap());
        assert_eq!(before.created_at(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn ids_sort_by_their_age() {
        let ids: Vec<ThingId> = (0..100).map(|_| Id::generate()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b && a.to_string() < b.to_string()));
    }
}
