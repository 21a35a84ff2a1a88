//! Whose upload it is, and which.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use uuid::{Uuid, Version};

/// The owner of an upload: the `sub` of the token that it came with. It is a part of object keys
/// and so keeps to letters, digits, `-` and `_`, of which Cognito's UUIDs are made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Owner(String);

/// A text that cannot be an [`Owner`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an owner is 1 to {} letters, digits, '-' and '_'", Owner::MAX_LENGTH)]
pub struct InvalidOwner;

impl Owner {
    /// Longest owner, in bytes. OpenID Connect Core 1.0 section 2 allows a `sub` 255; with 128,
    /// the longest object key (9 + 1 + 128 + 1 + 36 + 1 + 255) is well within S3's 1,024 bytes.
    pub const MAX_LENGTH: usize = 128;

    /// The owner as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Owner {
    type Error = InvalidOwner;

    fn try_from(text: String) -> Result<Self, InvalidOwner> {
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if fits && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(InvalidOwner)
        }
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        owner.0
    }
}

impl Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which upload: a UUID version 7 (RFC 9562), so that an owner's uploads sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UploadId(Uuid);

/// A text that is not an [`UploadId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an upload id is a UUID of version 7 in lower case with hyphens")]
pub struct InvalidUploadId;

impl UploadId {
    /// A new id, which no other upload has.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl TryFrom<String> for UploadId {
    type Error = InvalidUploadId;

    /// Takes one spelling only: the text is a part of keys, and two spellings would be two keys.
    fn try_from(text: String) -> Result<Self, InvalidUploadId> {
        Uuid::try_parse(&text)
            .ok()
            .filter(|id| id.get_version() == Some(Version::SortRand) && id.to_string() == text)
            .map(Self)
            .ok_or(InvalidUploadId)
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> Self {
        id.to_string()
    }
}

impl Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_cannot_leave_its_place_in_a_key() {
        let longest = "a".repeat(Owner::MAX_LENGTH);
        for good in ["0a1b-2c", "A_b", &longest] {
            assert!(Owner::try_from(good.to_owned()).is_ok(), "{good}");
        }
        let too_long = "a".repeat(Owner::MAX_LENGTH + 1);
        for bad in ["", "a/b", "..", "a b", "ä", "a\0", &too_long] {
            assert!(Owner::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_upload_id_has_one_spelling() {
        let id = UploadId::generate().to_string();
        assert!(UploadId::try_from(id.clone()).is_ok());
        for bad in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("{{{id}}}"),
            "4f1f9c0e-7d3b-4c7e-9a55-0d9b1b1f2a3c".to_owned(),
            String::new(),
        ] {
            assert!(UploadId::try_from(bad.clone()).is_err(), "{bad}");
        }
    }
}
