//! The JSON that an item may hold, read and written without a loss.
//!
//! `serde_json::Value` keeps a number as an `f64`, unless its feature `arbitrary_precision` is on.
//! Cargo would turn that on for every crate that is compiled along, and change how they compare
//! numbers. So values are read from `RawValue`, which is the text as it came.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

use function_kit::text::short_name;

use super::Number;

/// Most levels of lists and objects within one another. DynamoDB has 32 ("Service, account, and
/// table quotas"), of which the map of all attributes is one; this leaves one to spare.
pub const MAX_DEPTH: usize = 30;

/// Longest name of a member, in bytes of UTF-8: as for a table's own attributes in an index
/// (same source).
pub const MAX_NAME_BYTES: usize = 255;

/// Members by their names.
pub type Attributes = BTreeMap<String, Value>;

/// A JSON value that DynamoDB keeps exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Map(Attributes),
}

/// A value that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct InvalidValue {
    /// Where it is: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// An object's members as they stand, their values not yet read.
#[derive(Debug)]
pub struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of a JSON object.
    ///
    /// # Errors
    /// When `text` is not one.
    pub fn of(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The members by name; `pointer` is where their object is.
    ///
    /// # Errors
    /// When a name stands twice, or cannot be one.
    pub fn by_name(self, pointer: &str) -> Result<BTreeMap<String, &'a RawValue>, InvalidValue> {
        let mut members = BTreeMap::new();
        for (name, value) in self.0 {
            let place = below(pointer, &name);
            if name.is_empty() {
                return Err(invalid(&place, "has no name"));
            }
            if name.len() > MAX_NAME_BYTES {
                return Err(invalid(
                    pointer,
                    format!("has a member whose name is longer than {MAX_NAME_BYTES} bytes"),
                ));
            }
            if members.insert(name, value).is_some() {
                return Err(invalid(&place, "stands twice"));
            }
        }
        Ok(members)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Value {
    /// Reads the value that is at `pointer`.
    ///
    /// # Errors
    /// The first part of it that cannot be kept.
    pub fn read(raw: &RawValue, pointer: &str) -> Result<Self, InvalidValue> {
        read(raw.get(), pointer, 0)
    }
}

/// `text` is JSON, but for what only a full reading finds: escapes that are no characters.
fn read(text: &str, pointer: &str, depth: usize) -> Result<Value, InvalidValue> {
    let not_text = |error: serde_json::Error| invalid(pointer, format!("cannot be read: {error}"));
    if text.starts_with(['[', '{']) && depth == MAX_DEPTH {
        let detail = format!("is nested deeper than {MAX_DEPTH} levels");
        return Err(invalid(pointer, detail));
    }
    Ok(match text.as_bytes().first() {
        Some(b'n') => Value::Null,
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'"') => Value::Text(serde_json::from_str(text).map_err(not_text)?),
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text).map_err(not_text)?;
            let read = |(index, value): (usize, &&RawValue)| {
                read(value.get(), &format!("{pointer}/{index}"), depth + 1)
            };
            Value::List(
                values
                    .iter()
                    .enumerate()
                    .map(read)
                    .collect::<Result<_, _>>()?,
            )
        }
        Some(b'{') => {
            let members = Members::of(text).map_err(not_text)?.by_name(pointer)?;
            let read = |(name, value): (String, &RawValue)| {
                let value = read(value.get(), &below(pointer, &name), depth + 1)?;
                Ok((name, value))
            };
            Value::Map(members.into_iter().map(read).collect::<Result<_, _>>()?)
        }
        _ => Value::Number(
            text.parse()
                .map_err(|error| invalid(pointer, format!("{error}")))?,
        ),
    })
}

/// Returns the pointer to a member (RFC 6901, section 3), in which a long name is cut.
pub fn below(pointer: &str, name: &str) -> String {
    let name = short_name(name).replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{name}")
}

fn invalid(pointer: &str, detail: impl Into<String>) -> InvalidValue {
    InvalidValue {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => RawValue::from_string(number.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => values.serialize(serializer),
            Self::Map(members) => members.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<Value, InvalidValue> {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        Value::read(raw, "/a")
    }

    #[test]
    fn json_survives() {
        for text in [
            "null",
            "true",
            r#""ü\n\u0000😀""#,
            "[]",
            "12345678901234567890123456789012345678",
            "[0.1,-3,1E+125,[],{},[null,[false]]]",
            r#"{"b":{"c":[{"d":"e"}]},"z":12345.67890123456789012345678901234}"#,
        ] {
            assert_eq!(serde_json::to_string(&value(text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let deep = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        for (text, pointer, detail) in [
            ("[1,{\"b/~\":1e200}]", "/a/1/b~1~0", "1E-130"),
            ("{\"b\":1,\"b\":2}", "/a/b", "twice"),
            ("{\"\":1}", "/a/", "no name"),
            ("[\"\\ud800\"]", "/a/0", "cannot be read"),
            (&deep, &format!("/a{}", "/0".repeat(MAX_DEPTH)), "deeper"),
            (
                &format!("{{\"{}\":1}}", "n".repeat(MAX_NAME_BYTES + 1)),
                "/a",
                "longer",
            ),
        ] {
            let error = value(text).unwrap_err();
            assert_eq!(error.pointer, pointer, "{text}");
            assert!(error.detail.contains(detail), "{error}");
        }
        assert!(value(&deep[1..deep.len() - 1]).is_ok());
    }
}
