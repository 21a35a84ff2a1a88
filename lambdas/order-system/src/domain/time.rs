//! Times as rows and answers hold them: RFC 3339 with three digits of a second, so that their
//! order as text is their order in time.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer};

/// Returns the time as text.
pub fn text(time: Timestamp) -> String {
    format!("{time:.3}")
}

pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*time))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(deserializer)
}

/// A time that may be absent.
pub mod optional {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, text};

    pub fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_str(&text(*time)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(deserializer)
    }
}
