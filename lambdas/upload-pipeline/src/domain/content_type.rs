//! Media types.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

/// A media type, such as `text/plain; charset=utf-8` (RFC 9110, section 8.3.1).
///
/// `TryFrom` checks new input. Deserialization is for what is stored, and accepts any text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentType(String);

/// A text that is not a [`ContentType`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a content type is a type and a subtype such as text/plain, at most {} bytes",
    ContentType::MAX_LENGTH
)]
pub struct InvalidContentType;

impl ContentType {
    /// Longest media type, in bytes. RFC 6838 section 4.2 allows type and subtype 127 each.
    pub const MAX_LENGTH: usize = 255;

    /// Returns the media type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the type of bytes that no browser shows or runs (RFC 2046, section 4.5.1).
    pub fn binary() -> Self {
        Self("application/octet-stream".to_owned())
    }
}

impl Default for ContentType {
    /// Content that comes as a JSON string is text.
    fn default() -> Self {
        Self("text/plain; charset=utf-8".to_owned())
    }
}

impl TryFrom<String> for ContentType {
    type Error = InvalidContentType;

    fn try_from(text: String) -> Result<Self, InvalidContentType> {
        let (essence, parameters) = text.split_once(';').unwrap_or((&text, ""));
        let (kind, subtype) = essence
            .trim_end()
            .split_once('/')
            .ok_or(InvalidContentType)?;
        let printable = parameters.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if text.len() <= Self::MAX_LENGTH && is_token(kind) && is_token(subtype) && printable {
            Ok(Self(text))
        } else {
            Err(InvalidContentType)
        }
    }
}

/// A token of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

impl Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_from_other_texts() {
        for good in ["text/plain", "text/csv; charset=utf-8", "image/svg+xml ;q"] {
            assert!(ContentType::try_from(good.to_owned()).is_ok(), "{good}");
        }
        let long = format!("text/{}", "a".repeat(251));
        for bad in [
            "",
            "text",
            "text/",
            "/plain",
            "te xt/plain",
            "text/plain\r\nX: y",
            "a/b;\u{7f}",
            "a/b/c",
            "text/plän",
            &long,
        ] {
            assert!(ContentType::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
