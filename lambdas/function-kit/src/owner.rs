//! Who owns what a function keeps.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error};

/// The owner of a row or an object: the `sub` claim of the token that it came with.
///
/// A new owner is a safe segment of object keys and paths: letters, digits, `-` and `_`, of which
/// Cognito's UUIDs are made. Deserialization is for what is stored, and accepts any text that can
/// be a key: a rule for new input must not make an old row unreadable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Owner(String);

/// A text that cannot be an [`Owner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an owner has 1 to {} letters of ASCII, digits, '-' and '_'",
    Owner::MAX_LENGTH
)]
pub struct InvalidOwner;

impl Owner {
    /// Longest new owner, in bytes. OpenID Connect Core 1.0, section 2, allows a `sub` 255; 128
    /// leave S3's 1,024 bytes of a key room for names beside it ("Naming Amazon S3 objects").
    pub const MAX_LENGTH: usize = 128;

    /// Longest stored owner, in bytes: DynamoDB's longest partition key ("Quotas in Amazon
    /// DynamoDB").
    const MAX_STORED_LENGTH: usize = 2048;

    /// Returns the owner as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Owner {
    type Err = InvalidOwner;

    fn from_str(text: &str) -> Result<Self, InvalidOwner> {
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let owner = (fits && text.bytes().all(allowed)).then(|| Self(text.to_owned()));
        owner.ok_or(InvalidOwner)
    }
}

impl<'de> Deserialize<'de> for Owner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match (1..=Self::MAX_STORED_LENGTH).contains(&text.len()) {
            true => Ok(Self(text)),
            false => Err(D::Error::custom("an owner is empty, or longer than a key")),
        }
    }
}

impl Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_owner_cannot_leave_its_place_in_a_key() {
        let longest = "a".repeat(Owner::MAX_LENGTH);
        for good in ["0a1b-2c", "A_b", &longest] {
            assert_eq!(good.parse::<Owner>().unwrap().as_str(), good);
        }
        let too_long = "a".repeat(Owner::MAX_LENGTH + 1);
        for bad in ["", "a/b", "..", "a b", "ä", "a\0", &too_long] {
            assert_eq!(bad.parse::<Owner>(), Err(InvalidOwner), "{bad}");
        }
    }

    #[test]
    fn a_stored_owner_is_read_whatever_new_ones_must_be() {
        for old in ["auth0|1", "a b", &"a".repeat(2048)] {
            let owner: Owner = serde_json::from_value(json!(old)).unwrap();
            assert_eq!(serde_json::to_value(&owner).unwrap(), json!(old));
        }
        for bad in ["", &"a".repeat(2049)] {
            assert!(serde_json::from_value::<Owner>(json!(bad)).is_err());
        }
    }
}
