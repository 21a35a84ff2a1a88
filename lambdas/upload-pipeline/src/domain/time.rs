//! Times as text of one width, so that an index sorts by them.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Deserializer, Serializer};

/// Milliseconds: three digits, also where they are zeros (RFC 3339, section 5.1).
const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// Returns the time as text of RFC 3339, such as `2026-01-02T03:04:05.000Z`.
pub fn text(time: Timestamp) -> String {
    PRINTER.timestamp_to_string(&time)
}

/// Serializes the time as [`text`].
pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*time))
}

/// Deserializes a time of any precision.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(deserializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_text() {
        let texts = [0, 5, 1_000, 1_001, 1_763_708_400_120]
            .map(|milliseconds| text(Timestamp::from_millisecond(milliseconds).unwrap()));
        assert_eq!(texts[0], "1970-01-01T00:00:00.000Z");
        assert!(texts.is_sorted() && texts.iter().all(|text| text.len() == texts[0].len()));
    }
}
