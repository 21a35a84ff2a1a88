//! JSON objects whose members stand once.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::text::short_name;

/// Most members of one object. No body here has more than a few; the names of millions would have
/// to be kept to tell which is a duplicate.
const MAX_MEMBERS: usize = 1000;

/// Any JSON in which no object has a member twice. Of such a member `serde_json::Value` would
/// take the last, and who reads the same body elsewhere may take the first (RFC 8259, section 4).
pub struct UniqueMembers;

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for UniqueMembers {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
        while elements.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value::<Self>()?;
            if let Some(name) = names.replace(name) {
                let name = short_name(&name);
                return Err(A::Error::custom(format_args!(
                    "the member \"{name}\" is a duplicate"
                )));
            }
            if names.len() > MAX_MEMBERS {
                return Err(A::Error::custom(format_args!(
                    "an object has more than {MAX_MEMBERS} members"
                )));
            }
        }
        Ok(self)
    }
}
