//! The header `Content-Disposition` of a download.

use std::fmt::Write;

/// Returns the header's value for a file that is to be saved under that name (RFC 6266).
///
/// The name is in the form that every language's letters have a place in (section 4.3, `filename*`;
/// RFC 8187, section 3.2.1), whose output is ASCII and cannot end the value.
pub fn attachment(name: &str) -> String {
    let mut value = "attachment; filename*=UTF-8''".to_owned();
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => {
                value.push(char::from(byte));
            }
            // Writing to a string does not fail.
            _ => _ = write!(value, "%{byte:02X}"),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_script_is_kept_and_ends_nothing() {
        assert_eq!(
            attachment("März \"1\";\r\n.txt"),
            "attachment; filename*=UTF-8''M%C3%A4rz%20%221%22%3B%0D%0A.txt"
        );
    }
}
