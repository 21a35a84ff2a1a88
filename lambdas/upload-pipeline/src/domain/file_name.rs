//! The name of an uploaded file, as its owner gave it and as every system can keep it.
//!
//! The name becomes the last part of an S3 key, is shown in consoles and logs, and ends on the
//! disk of whoever downloads the file. So it must be one path segment on Linux, macOS and
//! Windows, and it must look like what it is. Letters of every script are welcome.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// A file name in Unicode's normalisation form C and without variation selectors: two spellings
/// that look alike are one name.
///
/// [`FileName::parse`] checks new input. Deserialization is for what is stored, and accepts any
/// text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(String);

/// Why a text is not a [`FileName`], as a sentence for its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// It has no characters.
    #[error("a file name must not be empty")]
    Empty,
    /// It is longer than [`FileName::MAX_LENGTH`].
    #[error("a file name has at most {max} bytes in UTF-8; this one has {0}", max = FileName::MAX_LENGTH)]
    TooLong(usize),
    /// It begins or ends with white space, or ends with a dot, which Windows drops.
    #[error("a file name must not begin or end with white space, nor end with a dot")]
    Edge,
    /// It begins as an option of a command does, or as a formula of a spreadsheet.
    #[error("a file name must not begin with {char}, which begins an option or a formula", char = shown(*.0))]
    Start(char),
    /// It holds a slash or backslash, or a character that reads as one.
    #[error("a file name is no path: it must not hold {char} (or what is equivalent to it)", char = shown(*.0))]
    Separator(char),
    /// It holds two dots in a row, or a character that is equivalent to them.
    #[error("a file name must not hold \"..\" (or what is equivalent to it, such as U+2026)")]
    DoubleDot,
    /// It holds a character that Windows reserves: `< > : " | ? *`.
    #[error("a file name must not hold {char}, which Windows reserves", char = shown(*.0))]
    Reserved(char),
    /// It holds a control character, or one that cannot be seen or that turns the reading order.
    #[error("a file name must not hold the invisible character {char}", char = shown(*.0))]
    Invisible(char),
    /// It is the name of a device on Windows, whatever its extension.
    #[error("\"{0}\" is the name of a device on Windows")]
    Device(String),
}

/// Characters that read as a slash or backslash and that no normalisation makes one.
const LOOK_LIKE_SEPARATORS: [char; 7] = [
    '\u{2044}', // fraction slash
    '\u{2215}', // division slash
    '\u{2216}', // set minus
    '\u{29F5}', // reverse solidus operator
    '\u{29F8}', // big solidus
    '\u{29F9}', // big reverse solidus
    '\u{2571}', // box drawings light diagonal
];

/// Characters that are letters or marks by category and yet show nothing
/// (Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, and the blank braille cell).
const SHOW_NOTHING: [char; 8] = [
    '\u{034F}', '\u{115F}', '\u{1160}', '\u{17B4}', '\u{17B5}', '\u{2800}', '\u{3164}', '\u{FFA0}',
];

/// "Naming Files, Paths, and Namespaces" of Microsoft's Win32 documentation.
const RESERVED_BY_WINDOWS: &str = "<>:\"|?*";

impl FileName {
    /// Longest name in bytes of UTF-8: NAME_MAX of Linux, and of S3 keys' file names in practice.
    pub const MAX_LENGTH: usize = 255;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Normalises a text and checks it.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, FileNameError> {
        // Composition can shorten a text to a third, not more: longer ones need not be composed.
        if text.len() > 3 * Self::MAX_LENGTH {
            return Err(FileNameError::TooLong(text.len()));
        }
        let name: String = text.chars().filter(|c| !is_selector(*c)).nfc().collect();
        if name.is_empty() {
            return Err(FileNameError::Empty);
        }
        if name.len() > Self::MAX_LENGTH {
            return Err(FileNameError::TooLong(name.len()));
        }
        name.chars().try_for_each(check_character)?;
        check_compatible_form(&name)?;
        if name.trim() != name || name.ends_with('.') {
            return Err(FileNameError::Edge);
        }
        check_start(&name)?;
        check_device(&name)?;
        Ok(Self(name))
    }
}

fn check_character(character: char) -> Result<(), FileNameError> {
    if is_separator(character) || LOOK_LIKE_SEPARATORS.contains(&character) {
        return Err(FileNameError::Separator(character));
    }
    if RESERVED_BY_WINDOWS.contains(character) {
        return Err(FileNameError::Reserved(character));
    }
    if is_invisible(character) {
        return Err(FileNameError::Invisible(character));
    }
    Ok(())
}

/// Whoever later normalises the name to form KC must not get a path out of it: U+FF0F becomes a
/// slash there, U+2025 two dots, and U+2100 "a/c".
fn check_compatible_form(name: &str) -> Result<(), FileNameError> {
    let compatible: String = name.nfkc().collect();
    if let Some(separator) = compatible.chars().find(|c| is_separator(*c)) {
        return Err(FileNameError::Separator(separator));
    }
    if compatible.contains("..") {
        return Err(FileNameError::DoubleDot);
    }
    Ok(())
}

/// Commands take names that begin with `-` for options. Spreadsheets take cells that begin with
/// one of these for formulas ("CSV Injection", OWASP), also in the form that normalises to it.
fn check_start(name: &str) -> Result<(), FileNameError> {
    match name.nfkc().next() {
        Some(first) if "-=+@".contains(first) => Err(FileNameError::Start(first)),
        _ => Ok(()),
    }
}

fn check_device(name: &str) -> Result<(), FileNameError> {
    // Windows reads superscript digits here as digits; form KC makes them so.
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem
        .trim_end()
        .nfkc()
        .collect::<String>()
        .to_ascii_uppercase();
    let numbered = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_device =
        ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT");
    if is_device {
        return Err(FileNameError::Device(stem));
    }
    Ok(())
}

fn is_separator(character: char) -> bool {
    matches!(character, '/' | '\\')
}

/// Control characters; format characters, which are zero wide or turn the reading order; line and
/// paragraph separators; and characters that no font is sure to have.
fn is_invisible(character: char) -> bool {
    use GeneralCategory as Category;
    let hidden = matches!(
        character.general_category(),
        Category::Control
            | Category::Format
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::PrivateUse
            | Category::Unassigned
            | Category::Surrogate
    );
    hidden || SHOW_NOTHING.contains(&character)
}

/// Variation selectors choose among pictures of the character before, and show nothing themselves
/// ("Variation Selectors", "Variation Selectors Supplement" and "Mongolian" of the Unicode Standard).
fn is_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}' | '\u{180F}')
}

/// A character in an error: itself where it can be seen, and its number always.
fn shown(character: char) -> String {
    let number = u32::from(character);
    if is_invisible(character) || character.is_whitespace() {
        format!("U+{number:04X}")
    } else {
        format!("'{character}' (U+{number:04X})")
    }
}

impl Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
