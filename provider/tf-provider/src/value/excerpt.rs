//! Text for messages: no longer than people read.

use std::borrow::Cow;

/// The longest text that a message repeats, in bytes.
pub(crate) const MAX_EXCERPT: usize = 256;

/// Returns the text, or if it is longer than `max` bytes, its beginning and its length.
pub fn excerpt(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let beginning = &text[..text.floor_char_boundary(max)];
    Cow::Owned(format!("{beginning}… ({} bytes in all)", text.len()))
}

/// Returns the text in quotation marks, as messages repeat what a user wrote.
pub fn quoted(text: &str) -> String {
    if text.len() <= MAX_EXCERPT {
        return format!("{text:?}");
    }
    let beginning = &text[..text.floor_char_boundary(MAX_EXCERPT)];
    format!("{beginning:?}… ({} bytes in all)", text.len())
}
