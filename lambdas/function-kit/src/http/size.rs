//! How large requests and answers may be.
//!
//! API Gateway takes bodies of 10 MB ("Quotas for configuring and running a REST API", "Quotas for
//! HTTP APIs", payload size), but hands them to Lambda inside an event, which is JSON, and Lambda
//! takes events and answers of 6 MB ("Lambda quotas", invocation payload). In the event a body of
//! text is a string, whose quotes and backslashes take two bytes; bodies of other media types are
//! base64, which takes four bytes for three.

/// Largest event or answer of a synchronous invocation, in bytes. Lambda's MB may be more than a
/// million bytes; it is not less.
pub const MAX_PAYLOAD_BYTES: usize = 6_000_000;

/// Room for all else in an event: the headers (10,240 bytes at most, same quotas of API Gateway), which
/// format 1.0 holds twice, escaped; the path and the query, of which the same holds; and the claims,
/// which come from one of the headers.
const ROOM_BESIDE_BODY: usize = 200_000;

/// Size up to which a JSON body always arrives, in bytes: it has no control characters but line ends
/// and tabs (RFC 8259, section 2), and so at most doubles in the event. Larger ones may still arrive;
/// what has to be larger does not belong in a request of the API.
pub const GUARANTEED_JSON_BYTES: usize = (MAX_PAYLOAD_BYTES - ROOM_BESIDE_BODY) / 2;

/// Size up to which a text always arrives as a member of a JSON body, in bytes of UTF-8, whatever its
/// characters and however the client escapes them. What the body escapes with a backslash, the event
/// escapes once more: a quote that is written `\u0022` takes seven bytes for one, and no character
/// takes more for each of its bytes.
pub const GUARANTEED_TEXT_BYTES: usize = (MAX_PAYLOAD_BYTES - ROOM_BESIDE_BODY) / 7;

/// Returns how many bytes the text takes as a JSON string inside an event or an answer.
pub fn escaped_bytes(text: &str) -> usize {
    let of = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    };
    2 + text.bytes().map(of).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use serde_json::json;

    use super::*;

    #[test]
    fn bytes_are_counted_as_they_are_written() {
        let all: String = (0..=0x2ff).filter_map(char::from_u32).collect();
        for text in ["", "ü😀", &all] {
            let written = serde_json::to_string(text).unwrap();
            assert_eq!(escaped_bytes(text), written.len(), "{text:?}");
        }
    }

    /// Returns the text with every character escaped, as JSON allows (RFC 8259, section 7).
    fn all_escaped(text: &str) -> String {
        let units = text.encode_utf16();
        units.map(|unit| format!("\\u{unit:04x}")).collect()
    }

    #[test]
    fn a_guaranteed_text_fits_into_an_event_however_its_client_writes_it() {
        let room = MAX_PAYLOAD_BYTES - ROOM_BESIDE_BODY;
        let frame = escaped_bytes(&json!({ "content": "" }).to_string());
        for unit in ["\"", "\\", "\n", "\u{1}", "<", "a", "ä", "中", "😀"] {
            let text = unit.repeat(GUARANTEED_TEXT_BYTES / unit.len());
            let plain = json!({ "content": text }).to_string();
            let escaped = format!(r#"{{"content":"{}"}}"#, all_escaped(&text));
            for body in [plain, escaped] {
                assert!(escaped_bytes(&body) <= room + frame, "{unit:?}");
            }
        }
    }

    #[test]
    fn a_guaranteed_body_fits_into_an_event_whatever_it_is_made_of() {
        let room = MAX_PAYLOAD_BYTES - ROOM_BESIDE_BODY;
        for unit in ["\"", "\\", "\n", "a", "😀"] {
            let body = unit.repeat(GUARANTEED_JSON_BYTES / unit.len());
            assert!(escaped_bytes(&body) <= room + 2, "{unit:?}");
            assert!(BASE64_STANDARD.encode(&body).len() <= room, "{unit:?}");
        }
    }
}
