//! What an upload holds: text, and its media type.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

/// Most content that one request can carry: 5 MiB of UTF-8. Lambda takes 6 MB of payload in a
/// synchronous invocation ("Lambda quotas"), of which the event around the content, and the JSON
/// escapes in it, need their part.
pub const MAX_CONTENT_BYTES: usize = 5 * 1024 * 1024;

/// Largest object that is processed, in bytes. It and its upper-cased copy, up to three times as
/// long, are held in memory.
pub const MAX_OBJECT_BYTES: u64 = 16 * 1024 * 1024;

/// A media type, such as `text/plain; charset=utf-8` (RFC 9110, section 8.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

    /// The media type as text.
    pub fn as_str(&self) -> &str {
        &self.0
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

impl From<ContentType> for String {
    fn from(content_type: ContentType) -> Self {
        content_type.0
    }
}

impl Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What processing makes of an upload: its text in upper case, by Unicode's full mapping.
///
/// # Errors
/// When the bytes are not UTF-8; the error says where.
pub fn upper_case(bytes: &[u8]) -> Result<String, std::str::Utf8Error> {
    Ok(std::str::from_utf8(bytes)?.to_uppercase())
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

    #[test]
    fn upper_case_is_unicodes_own() {
        assert_eq!(upper_case("straße ŉ ἀ".as_bytes()).unwrap(), "STRASSE ʼN Ἀ");
        assert!(upper_case(b"ab\xff").is_err());
    }
}
