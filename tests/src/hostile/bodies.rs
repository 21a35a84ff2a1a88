//! Bodies of hostile shape, the same ones in every run.

/// Sizes of the events that carry the bodies, in bytes. The last is the largest event of a
/// synchronous invocation ("Lambda quotas": 6 MB), less [`ENVELOPE`].
pub const SIZES: [usize; 4] = [1 << 10, 64 << 10, 1 << 20, (6 << 20) - ENVELOPE];

/// What an event holds beside the body, in bytes: headers ("Quotas for HTTP APIs": 10,240 for the
/// request line and all headers), and the claims of the token once more.
const ENVELOPE: usize = 16 << 10;

/// The media type that the functions take.
const JSON: &str = "application/json";

/// Others, with `true` where API Gateway hands the body to the function as base64: it does with
/// all but text, JSON, XML and JavaScript. The function takes the first as JSON (RFC 6839).
const OTHER_TYPES: [(&str, bool); 6] = [
    ("application/vnd.api+json", true),
    ("application/json; charset=utf-16", false),
    ("application/octet-stream", true),
    ("application/x-www-form-urlencoded", true),
    ("multipart/form-data; boundary=x", true),
    ("text/plain", false),
];

/// Values of a member: how each opens, what is repeated in it, how it closes.
const VALUES: [(&str, &str, &[u8], &str); 18] = [
    ("a list of numbers", "[", b"0,", "0]"),
    ("a list of lists", "[", b"[],", "0]"),
    ("a list of objects", "[", br#"{"a":0},"#, "0]"),
    ("lists in lists without an end", "", b"[", ""),
    ("objects in objects without an end", "", br#"{"a":"#, ""),
    ("a duplicate member", "{", br#""a":0,"#, r#""a":0}"#),
    ("digits", "1", b"9", ""),
    ("a long exponent", "1e", b"9", ""),
    ("a long fraction", "0.", b"0", "1"),
    ("a text", "\"", b"x", "\""),
    ("a text without an end", "\"", b"x", ""),
    ("NUL characters", "\"", br"\u0000", "\""),
    ("backslashes", "\"", br"\\", "\""),
    ("unpaired surrogates", "\"", br"\ud800", "\""),
    ("bytes that are not UTF-8", "\"", b"\xff", "\""),
    ("halves of characters", "\"", b"\xc3", "\""),
    ("characters of four bytes", "\"", b"\xf0\x9f\x98\x80", "\""),
    ("invalid base64", "\"", b"QUJD=", "\""),
];

/// Bodies that are no object: the same.
const WHOLE: [(&str, &str, &[u8], &str); 5] = [
    ("a list for a body", "[", br#""a","#, r#""a"]"#),
    ("a body of white space", "", b" ", "{}"),
    ("a body of braces", "", b"{", ""),
    ("a body of text", "", b"x", ""),
    ("a body of zero bytes", "", b"\0", ""),
];

/// A member of a body that is misused.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The member.
    pub member: &'static str,
    /// The members beside it, as they should be, each with a comma behind it.
    pub others: &'static str,
}

/// A body and what it says it is.
#[derive(Debug)]
pub struct Body {
    /// The shape and the member, for messages.
    pub shape: String,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Target {
    /// Returns a body that makes an event of at most `size` bytes, in which the member is what
    /// `make` returns for the bytes that it may take.
    fn body(self, shape: &str, size: usize, make: impl FnOnce(usize) -> Vec<u8>) -> Body {
        let open = format!("{{{}\"{}\":", self.others, self.member);
        let value = make(size - cost(open.as_bytes()) - 1);
        Body {
            shape: format!("{shape} for {}", self.member),
            content_type: JSON,
            bytes: [open.as_bytes(), &value, b"}"].concat(),
        }
    }
}

/// Returns a body of each shape that makes an event of at most `size` bytes, those of values for
/// each of the `targets`.
pub fn bodies(targets: &[Target], size: usize) -> Vec<Body> {
    let values = targets.iter().flat_map(|target| values(*target, size));
    let duplicates = targets.iter().map(|target| duplicates(*target, size));
    let whole = WHOLE.map(|(shape, head, unit, tail)| (shape, filled(head, unit, tail, size)));
    let rest = [
        ("a long name, twice", long_name(size)),
        ("random bytes", random(size, &[])),
    ];
    let whole = whole.into_iter().chain(rest).map(|(shape, bytes)| Body {
        shape: shape.to_owned(),
        content_type: JSON,
        bytes,
    });
    values.chain(duplicates).chain(whole).collect()
}

fn values(target: Target, size: usize) -> Vec<Body> {
    let values = VALUES.map(|(shape, head, unit, tail)| {
        target.body(shape, size, |room| filled(head, unit, tail, room))
    });
    let made = [
        target.body("lists in lists", size, nested),
        target.body("members", size, members),
        target.body("random JSON", size, |room| random(room, SOUP)),
    ];
    let types = OTHER_TYPES.map(|(content_type, is_base64)| Body {
        content_type,
        ..target.body(content_type, size, |room| {
            // Base64 makes four characters of three bytes (RFC 4648, section 4).
            let room = if is_base64 { room / 4 * 3 } else { room };
            filled("[", br#"{"a":0},"#, "0]", room)
        })
    });
    values.into_iter().chain(made).chain(types).collect()
}

/// Returns as many `unit`s between `head` and `tail` as an event takes in `room` bytes.
fn filled(head: &str, unit: &[u8], tail: &str, room: usize) -> Vec<u8> {
    let room = room - cost(head.as_bytes()) - cost(tail.as_bytes());
    let units = unit.repeat(room / cost(unit));
    [head.as_bytes(), &units, tail.as_bytes()].concat()
}

/// Returns how many bytes `bytes` take in an event, whose JSON escapes them. Characters that are
/// not ASCII count as if they were escaped too, which a JSON writer may do.
fn cost(bytes: &[u8]) -> usize {
    let cost = |character: char| match character {
        '"' | '\\' => 2,
        ' '..='~' => 1,
        _ => 6 * character.len_utf16(),
    };
    String::from_utf8_lossy(bytes).chars().map(cost).sum()
}

fn nested(room: usize) -> Vec<u8> {
    let depth = room / 2;
    [b"[".repeat(depth), b"]".repeat(depth)].concat()
}

fn members(room: usize) -> Vec<u8> {
    let members = (0..(room - 16) / 14).map(|n| format!("\"{n:07}\":0,"));
    let members: String = members.collect();
    format!("{{{members}\"a\":0}}").into_bytes()
}

fn long_name(size: usize) -> Vec<u8> {
    let name = "n".repeat(size / 2 - 8);
    format!(r#"{{"{name}":0,"{name}":0}}"#).into_bytes()
}

fn duplicates(target: Target, size: usize) -> Body {
    let unit = format!("\"{}\":\"a\",", target.member);
    Body {
        shape: format!("{} again and again", target.member),
        content_type: JSON,
        bytes: filled("{", unit.as_bytes(), "\"a\":0}", size),
    }
}

/// Pieces of JSON.
const SOUP: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\"a\":",
    b"0",
    b"-1e400",
    b"1.5",
    b"true",
    b"null",
    br"\ud800",
    br#""\u0000""#,
    b"[{",
    b"}]",
    b" ",
    "\u{202e}".as_bytes(),
    b"\xff",
];

/// Returns random `pieces`, or random bytes where there are none, that an event takes in `room`
/// bytes: the same ones in every run.
fn random(room: usize, pieces: &[&[u8]]) -> Vec<u8> {
    // Marsaglia, "Xorshift RNGs", 2003.
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let (mut bytes, mut left) = (Vec::new(), room);
    loop {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let random = state.to_be_bytes();
        let index = usize::from(random[0]) % pieces.len().max(1);
        let piece = pieces.get(index).copied().unwrap_or(&random);
        let Some(rest) = left.checked_sub(cost(piece)) else {
            return bytes;
        };
        left = rest;
        bytes.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: Target = Target {
        member: "name",
        others: r#""plan":"free","#,
    };

    #[test]
    fn every_event_has_about_its_size() {
        // The largest takes seconds and is made in the same way.
        for &size in &SIZES[..3] {
            for body in bodies(&[TARGET], size) {
                let cost = cost(&body.bytes);
                assert!(cost <= size, "{}: {cost} of {size}", body.shape);
                assert!(cost > size / 2, "{}: {cost} of {size}", body.shape);
            }
        }
    }
}
