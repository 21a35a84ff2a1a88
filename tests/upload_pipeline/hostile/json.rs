//! Random bodies: JSON that a route reads, with something wrong in most.

use proptest::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Most bytes of a random text.
const LONG: usize = 2_000;

/// A member: its name, and its value as it is written.
type Member = (&'static str, String);

/// Bodies of `POST /uploads`.
pub fn upload() -> BoxedStrategy<Vec<u8>> {
    let content = prop_oneof![
        4 => text().prop_map(|text| with_digest("content", &text, text.as_bytes())),
        2 => base64(),
        3 => announced(),
        1 => raw().prop_map(|value| vec![("content", value)]),
        1 => raw().prop_map(|value| vec![("content_base64", value)]),
        1 => Just(Vec::new()),
    ];
    let content_type = prop_oneof![
        3 => Just(None),
        1 => prop::sample::select(vec!["image/png", "text/html", "a/b; c=\u{7f}", "\r\nx: y", "/"])
            .prop_map(|it| Some(written(it))),
        1 => raw().prop_map(Some),
    ];
    let extra = prop_oneof![8 => Just(None), 1 => (names(), raw()).prop_map(Some)];
    let members = (file_name(), content, content_type, extra);
    let members = members.prop_map(|(name, content, content_type, extra)| {
        let mut members = content;
        members.extend(name.map(|name| ("filename", name)));
        members.extend(content_type.map(|it| ("content_type", it)));
        members.extend(extra);
        object(&members)
    });
    spoilt(members).boxed()
}

/// Bodies of `POST /uploads/{upload_id}/parts`.
pub fn parts() -> BoxedStrategy<Vec<u8>> {
    let number = prop_oneof![6 => (1..6_u32).prop_map(|number| number.to_string()), 1 => number()];
    let part = (number, digest())
        .prop_map(|(number, digest)| vec![("number", number), ("sha256", digest)]);
    let part = prop_oneof![
        9 => part.prop_map(|part| object(&part)),
        1 => raw().prop_map(String::into_bytes),
    ];
    let parts = prop_oneof![
        9 => prop::collection::vec(part.clone(), 0..5),
        1 => prop::collection::vec(part, 95..105),
    ];
    let parts = parts.prop_map(|parts| {
        let parts = parts.iter().map(|part| String::from_utf8_lossy(part));
        let parts = parts.collect::<Vec<_>>().join(",");
        object(&[("parts", format!("[{parts}]"))])
    });
    spoilt(parts).boxed()
}

/// Bodies of any kind.
pub fn any() -> BoxedStrategy<Vec<u8>> {
    let value = raw().prop_map(String::into_bytes);
    prop_oneof![
        value,
        prop::collection::vec(proptest::prelude::any::<u8>(), 0..LONG)
    ]
    .boxed()
}

/// Most bodies as they are, some cut off or with another byte in the middle.
fn spoilt(bodies: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let harm = (
        0..20_u8,
        proptest::prelude::any::<prop::sample::Index>(),
        proptest::prelude::any::<u8>(),
    );
    (bodies, harm).prop_map(|(mut body, (kind, place, byte))| {
        let place = place.index(body.len());
        match kind {
            0 => body.truncate(place),
            1 => body[place] = byte,
            _ => {}
        }
        body
    })
}

fn file_name() -> impl Strategy<Value = Option<String>> {
    let good = ["a.txt", "Bericht März.pdf", "写真.jpg", "no extension"];
    let bad = [
        "",
        ".",
        "..",
        "../../etc/passwd",
        "a/b",
        "a\\b",
        "a\0b",
        "a\r\nb",
        "NUL.txt",
        "=1+1",
        "a\u{202e}b",
        "a\u{2215}b",
        "\u{feff}",
        "%2e%2e%2f",
        "quota",
        "request#k1",
    ];
    let named = |names: &[&str]| {
        prop::sample::select(names.iter().map(|it| written(it)).collect::<Vec<_>>())
    };
    prop_oneof![
        6 => named(&good).prop_map(Some),
        2 => named(&bad).prop_map(Some),
        1 => text().prop_map(|text| Some(written(&text))),
        1 => raw().prop_map(Some),
        1 => Just(None),
    ]
}

/// A member with its digest, which is missing or wrong now and then.
fn with_digest(name: &'static str, value: &str, content: &[u8]) -> Vec<Member> {
    let member = (name, written(value));
    // The first byte decides, so that the same content has the same digest.
    match content.first().copied().unwrap_or_default() % 4 {
        0 => vec![member, ("sha256", written(&hex(content)))],
        1 => vec![member, ("sha256", written(&hex(b"something else")))],
        _ => vec![member],
    }
}

fn base64() -> impl Strategy<Value = Vec<Member>> {
    use ::base64::{Engine, prelude::BASE64_STANDARD};
    let bytes = prop::collection::vec(proptest::prelude::any::<u8>(), 0..LONG);
    let good = bytes
        .prop_map(|bytes| with_digest("content_base64", &BASE64_STANDARD.encode(&bytes), &bytes));
    let bad = text().prop_map(|text| vec![("content_base64", written(&text))]);
    prop_oneof![3 => good, 1 => bad]
}

fn announced() -> impl Strategy<Value = Vec<Member>> {
    let size = prop_oneof![
        2 => 1..1_000_u64,
        2 => 1..(1_u64 << 24) + 2,
        2 => (1_u64 << 24)..(1 << 30),
        1 => (1_u64 << 30)..(1 << 50),
    ];
    let size = prop_oneof![8 => size.prop_map(|size| size.to_string()), 1 => number()];
    let digest = prop_oneof![3 => digest().prop_map(Some), 1 => Just(None)];
    (size, digest).prop_map(|(size, digest)| {
        let digest = digest.map(|digest| ("sha256", digest));
        [("size", size)].into_iter().chain(digest).collect()
    })
}

fn digest() -> impl Strategy<Value = String> {
    let good = proptest::prelude::any::<[u8; 4]>().prop_map(|bytes| written(&hex(&bytes)));
    let upper =
        proptest::prelude::any::<[u8; 4]>().prop_map(|bytes| written(&hex(&bytes).to_uppercase()));
    prop_oneof![9 => good, 1 => upper, 1 => raw()]
}

/// Numbers, some of which no integer holds.
fn number() -> BoxedStrategy<String> {
    let fixed = [
        "0",
        "-0",
        "-1",
        "1.0",
        "1.5",
        "1e3",
        "1e400",
        "10000",
        "10001",
        "65535",
        "65536",
        "4294967296",
        "53687091200000",
        "53687091200001",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999999999",
    ];
    let fixed = prop::sample::select(fixed.map(str::to_owned).to_vec());
    prop_oneof![
        fixed,
        proptest::prelude::any::<i64>().prop_map(|number| number.to_string())
    ]
    .boxed()
}

/// Values of any type.
fn raw() -> BoxedStrategy<String> {
    let fixed = [
        "null",
        "true",
        "[]",
        "{}",
        "[[[[]]]]",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "{\"a\":{\"a\":1}}",
    ];
    let fixed = prop::sample::select(fixed.map(str::to_owned).to_vec());
    prop_oneof![2 => fixed, 2 => number(), 1 => text().prop_map(|text| written(&text))].boxed()
}

/// Names of members, which make duplicates of those that are there.
fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "filename",
        "content",
        "size",
        "owner",
        "upload_id",
        "status",
        "key",
        "__proto__",
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(proptest::prelude::any::<char>(), 0..LONG / 4).prop_map(String::from_iter)
}

fn written(text: &str) -> String {
    Value::from(text).to_string()
}

fn object(members: &[Member]) -> Vec<u8> {
    let members = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(",")).into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
