//! How long a row of the table stays.

use std::num::NonZeroU32;

use aws_sdk_dynamodb::types::AttributeValue;
use function_kit::aws::table::Row;
use function_kit::{Environment, EnvironmentError};
use jiff::Timestamp;

/// The table's TTL attribute, as the module `upload-pipeline` declares it.
const EXPIRES_AT: &str = "expires_at";

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Days for which the row of an upload stays. Without a number, rows stay for ever.
#[derive(Debug, Clone, Copy)]
pub struct Retention(Option<NonZeroU32>);

impl Retention {
    /// Reads `EXPIRE_AFTER_DAYS`.
    ///
    /// # Errors
    /// When it is not a whole number above 0.
    pub fn of(environment: &Environment) -> Result<Self, EnvironmentError> {
        environment.parsed("EXPIRE_AFTER_DAYS").map(Self)
    }

    /// Adds the time at which DynamoDB deletes the row of an upload that began at `since`.
    ///
    /// DynamoDB takes it as a number of seconds since 1970, and deletes the row within a few days
    /// of it ("Using time to live (TTL) in DynamoDB").
    pub fn mark(self, row: &mut Row, since: Timestamp) {
        if let Some(days) = self.0 {
            let expires_at = since.as_second() + i64::from(days.get()) * SECONDS_A_DAY;
            let value = AttributeValue::N(expires_at.to_string());
            row.insert(EXPIRES_AT.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(days: &str) -> Row {
        let environment = Environment::from_iter([("EXPIRE_AFTER_DAYS", days)]);
        let mut row = Row::new();
        let since = "2026-01-31T12:00:00.9Z".parse().unwrap();
        Retention::of(&environment).unwrap().mark(&mut row, since);
        row
    }

    #[test]
    fn a_row_expires_in_seconds_since_1970() {
        // 2026-03-02T12:00:00Z
        let expected = AttributeValue::N("1772452800".to_owned());
        assert_eq!(marked("30").get("expires_at"), Some(&expected));
    }

    #[test]
    fn a_row_stays_unless_days_are_given() {
        assert_eq!(marked(""), Row::new());
    }

    #[test]
    fn refuses_days_that_would_delete_rows_at_once() {
        let environment = Environment::from_iter([("EXPIRE_AFTER_DAYS", "0")]);
        let error = Retention::of(&environment).unwrap_err();
        assert!(error.to_string().contains("EXPIRE_AFTER_DAYS"), "{error}");
    }
}
