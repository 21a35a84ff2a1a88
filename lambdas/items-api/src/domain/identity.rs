//! Whose item it is, and which.

use std::fmt::{self, Display};

use jiff::Timestamp;
use uuid::{Uuid, Version};

/// The owner of an item: the `sub` of the token that it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner(String);

/// A text that cannot be an [`Owner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an owner has 1 to {} characters of ASCII", Owner::MAX_LENGTH)]
pub struct InvalidOwner;

impl Owner {
    /// Longest owner, in characters (OpenID Connect Core 1.0, section 2).
    pub const MAX_LENGTH: usize = 255;
}

impl TryFrom<&str> for Owner {
    type Error = InvalidOwner;

    fn try_from(text: &str) -> Result<Self, InvalidOwner> {
        if (1..=Self::MAX_LENGTH).contains(&text.len()) && text.is_ascii() {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidOwner)
        }
    }
}

impl Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which item: a UUID version 7 (RFC 9562), which begins with the time that it was made, so that
/// an owner's items sort by their age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemId(Uuid);

/// What is not an [`ItemId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an item's id is a UUID of version 7 in lower case with hyphens")]
pub struct InvalidItemId;

impl ItemId {
    /// A new id, which no other item has.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// When it was made, to the millisecond.
    pub fn timestamp(self) -> Timestamp {
        // Only ids whose time is one are made.
        time_of(self.0).unwrap_or_default()
    }
}

/// The first 48 bits are milliseconds since 1970 (RFC 9562, section 5.7).
fn time_of(id: Uuid) -> Option<Timestamp> {
    let milliseconds = i64::try_from(id.as_u128() >> 80).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}

impl TryFrom<Uuid> for ItemId {
    type Error = InvalidItemId;

    fn try_from(id: Uuid) -> Result<Self, InvalidItemId> {
        if id.get_version() == Some(Version::SortRand) && time_of(id).is_some() {
            Ok(Self(id))
        } else {
            Err(InvalidItemId)
        }
    }
}

impl From<ItemId> for Uuid {
    fn from(id: ItemId) -> Self {
        id.0
    }
}

impl TryFrom<&str> for ItemId {
    type Error = InvalidItemId;

    /// Takes one spelling only: the text is a key, and two spellings would be two keys.
    fn try_from(text: &str) -> Result<Self, InvalidItemId> {
        let id = Self::try_from(Uuid::try_parse(text).map_err(|_| InvalidItemId)?)?;
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(InvalidItemId)
        }
    }
}

impl Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling_and_a_time() {
        let id = ItemId::generate();
        let text = id.to_string();
        assert_eq!(ItemId::try_from(text.as_str()), Ok(id));
        for bad in [
            text.to_uppercase(),
            text.replace('-', ""),
            "4f1f9c0e-7d3b-4c7e-9a55-0d9b1b1f2a3c".to_owned(),
            // Beyond the year 9999.
            "ffffffff-ffff-7000-8000-000000000000".to_owned(),
            String::new(),
        ] {
            assert_eq!(ItemId::try_from(bad.as_str()), Err(InvalidItemId), "{bad}");
        }
        let old = ItemId::try_from("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").unwrap();
        assert_eq!(old.timestamp().to_string(), "2022-02-22T19:22:22Z");
    }

    #[test]
    fn ids_sort_by_their_age() {
        let ids: Vec<ItemId> = (0..100).map(|_| ItemId::generate()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b && a.to_string() < b.to_string()));
    }
}
