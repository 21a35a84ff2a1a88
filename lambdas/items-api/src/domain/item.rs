//! An item.

use std::fmt::{self, Display};

use function_kit::{Id, Owner};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use super::Attributes;

/// Which item of its owner: an owner's items sort by their age.
pub type ItemId = Id<Item>;

/// Which write made an item what it is. A client that names it changes only what it has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(Option<Id<Version>>);

/// An item's name: what people call it.
///
/// `TryFrom` checks new input. Deserialization does not: a rule for new input must not make an old
/// row unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

/// A text that cannot be a [`Name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// There is nothing to read.
    #[error("must not be blank")]
    Blank,
    /// It is longer than [`Name::MAX_CHARACTERS`].
    #[error("has more than {} characters", Name::MAX_CHARACTERS)]
    TooLong,
    /// It has a control character, such as a line end.
    #[error("must not have control characters")]
    Control,
}

impl Version {
    /// Returns the version of an item that is written now.
    pub fn generate() -> Self {
        Self(Some(Id::generate()))
    }

    /// Returns the version of an item whose row has this mark. The first rows have none.
    pub fn of_mark(mark: Option<Id<Version>>) -> Self {
        Self(mark)
    }

    /// Returns the mark that the item's row bears.
    pub fn mark(self) -> Option<Id<Version>> {
        self.0
    }
}

impl Display for Version {
    /// Writes the version as an entity tag shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(mark) => mark.fmt(f),
            None => f.write_str("0"),
        }
    }
}

impl Name {
    /// Longest name, in Unicode scalar values: what fits into a line of a list.
    pub const MAX_CHARACTERS: usize = 256;
}

impl Default for Name {
    /// Returns the name of an item that its owner gave none.
    fn default() -> Self {
        Self("Unnamed".to_owned())
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        if text.trim().is_empty() {
            Err(InvalidName::Blank)
        } else if text.chars().count() > Self::MAX_CHARACTERS {
            Err(InvalidName::TooLong)
        } else if text.chars().any(char::is_control) {
            Err(InvalidName::Control)
        } else {
            Ok(Self(text))
        }
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a client says of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What people call it.
    pub name: Name,
    /// All else. None of them is called `id`, `name` or `timestamp`.
    pub attributes: Attributes,
}

/// An item. It serialises as its owner reads it: a JSON object of `id`, `name`, `timestamp` (when
/// it was created) and its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Whose it is.
    pub owner: Owner,
    /// Which of its owner's it is.
    pub id: ItemId,
    /// Which version of it.
    pub version: Version,
    /// What its owner says of it.
    pub draft: Draft,
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = &self.draft.attributes;
        let mut map = serializer.serialize_map(Some(3 + attributes.len()))?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("name", &self.draft.name)?;
        map.serialize_entry("timestamp", &self.id.created_at())?;
        for (name, value) in attributes {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_read() {
        let longest = "ü".repeat(Name::MAX_CHARACTERS);
        for good in ["a", " a ", longest.as_str()] {
            assert!(Name::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", InvalidName::Blank),
            ("\u{2003}\n", InvalidName::Blank),
            ("a\nb", InvalidName::Control),
            (&format!("{longest}u"), InvalidName::TooLong),
        ] {
            assert_eq!(Name::try_from(bad.to_owned()), Err(why), "{bad}");
        }
    }
}
