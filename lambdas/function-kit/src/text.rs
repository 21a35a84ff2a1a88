//! Text of bounded length, for answers and logs: a client chooses names and values of megabytes,
//! and must not have them echoed and logged.

use std::borrow::Cow;
use std::error::Error;

/// Longest name of a client's in an answer or a log line, in characters.
pub const MAX_NAME_CHARACTERS: usize = 64;

/// Longest detail of a problem, in bytes.
pub const MAX_DETAIL_BYTES: usize = 512;

/// Longest cause in a log line, in bytes.
pub const MAX_CAUSE_BYTES: usize = 2048;

/// Stands for what was cut off.
const ELLIPSIS: char = '…';

/// Returns the name with at most [`MAX_NAME_CHARACTERS`] characters.
pub fn short_name(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_NAME_CHARACTERS) {
        None => Cow::Borrowed(name),
        Some(_) => {
            let kept = name.chars().take(MAX_NAME_CHARACTERS - 1);
            Cow::Owned(kept.chain([ELLIPSIS]).collect())
        }
    }
}

/// Returns the text with at most `bytes` bytes.
pub fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        let end = text.floor_char_boundary(bytes.saturating_sub(ELLIPSIS.len_utf8()));
        text.truncate(end);
        text.shrink_to_fit();
        text.push(ELLIPSIS);
    }
    text
}

/// Returns the error and its causes in one line of at most [`MAX_CAUSE_BYTES`] bytes.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let line = causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"));
    cut(line, MAX_CAUSE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("abcdef".to_owned(), 6), "abcdef");
        assert_eq!(cut("abcdefg".to_owned(), 6), "abc…");
        assert_eq!(cut("aüüü".to_owned(), 6), "aü…");
        assert_eq!(short_name("name"), "name");
        assert_eq!(short_name(&"ü".repeat(64)), "ü".repeat(64));
        assert_eq!(short_name(&"ü".repeat(65)), format!("{}…", "ü".repeat(63)));
    }

    #[test]
    fn a_chain_names_every_cause() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::fmt::Error);
        let text = chain(&Outer(std::fmt::Error));
        assert!(text.starts_with("outer: ") && text.len() > 8, "{text}");
    }
}
