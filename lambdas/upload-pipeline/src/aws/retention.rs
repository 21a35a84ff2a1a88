//! When somebody looks after a row of the table, and how long it stays.

use std::num::NonZeroU32;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use function_kit::{Environment, EnvironmentError};
use jiff::Timestamp;

use crate::domain::{Schedule, Upload, UploadState};

/// The table's TTL attribute, as the module `upload-pipeline` declares it: seconds since 1970
/// ("Using time to live (TTL) in DynamoDB").
pub const EXPIRES_AT: &str = "expires_at";

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Seconds after which the reconciler looks after an upload, unless the environment says otherwise.
const RECONCILE_AFTER_SECONDS: u32 = 300;

/// Hours for which a stream of Kinesis keeps records, unless it was told otherwise ("Changing the
/// data retention period").
const STREAM_RETENTION_HOURS: u32 = 24;

/// How long rows stay. Those of uploads do until the reconciler has deleted the upload; then a
/// tombstone stays for as long as a record of the upload may be on the stream, and a day.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// When somebody looks after an upload.
    pub schedule: Schedule,
    stream: Duration,
}

impl Retention {
    /// Reads `RECONCILE_AFTER_SECONDS`, `EXPIRE_AFTER_DAYS` and `STREAM_RETENTION_HOURS`.
    ///
    /// # Errors
    /// When one of them is not a whole number, or days are 0.
    pub fn of(environment: &Environment) -> Result<Self, EnvironmentError> {
        let seconds = environment.parsed_or("RECONCILE_AFTER_SECONDS", RECONCILE_AFTER_SECONDS)?;
        let days = environment.parsed::<NonZeroU32>("EXPIRE_AFTER_DAYS")?;
        let hours = environment.parsed_or("STREAM_RETENTION_HOURS", STREAM_RETENTION_HOURS)?;
        Ok(Self {
            schedule: Schedule {
                reconcile_after: Duration::from_secs(seconds.into()),
                expire_after: days.map(|days| DAY.saturating_mul(days.get())),
            },
            stream: HOUR.saturating_mul(hours),
        })
    }

    /// Returns when DynamoDB may delete the upload's row, if ever: within a few days of it.
    pub fn expiry(&self, upload: &Upload) -> Option<AttributeValue> {
        let UploadState::Deleted {
            purge_until,
            purged: true,
        } = upload.state
        else {
            return None;
        };
        let expires_at = purge_until.saturating_add(self.stream + DAY);
        Some(seconds(expires_at.unwrap_or(Timestamp::MAX)))
    }
}

/// Returns the time as the TTL attribute holds it.
pub fn seconds(time: Timestamp) -> AttributeValue {
    AttributeValue::N(time.as_second().to_string())
}

#[cfg(test)]
mod tests {
    use super::super::row;
    use super::*;

    fn of(name: &str, value: &str) -> Result<Retention, EnvironmentError> {
        Retention::of(&Environment::from_iter([(name, value)]))
    }

    #[test]
    fn uploads_stay_unless_days_are_given() {
        let expire_after = |days| of("EXPIRE_AFTER_DAYS", days).unwrap().schedule.expire_after;
        assert_eq!(expire_after(""), None);
        assert_eq!(expire_after("30"), Some(30 * DAY));
        assert_eq!(expire_after("4294967295"), Some(DAY * u32::MAX));
    }

    #[test]
    fn only_a_purged_tombstone_is_deleted_after_the_stream_has_passed_it() {
        let retention = of("STREAM_RETENTION_HOURS", "48").unwrap();
        let mut upload = row::tests::upload(UploadState::Deleted {
            purge_until: Timestamp::from_second(1_000_000).unwrap(),
            purged: true,
        });
        // 48 hours, and a day.
        let expected = AttributeValue::N("1259200".to_owned());
        assert_eq!(retention.expiry(&upload), Some(expected));
        upload.state = UploadState::Deleted {
            purge_until: Timestamp::MAX,
            purged: false,
        };
        assert_eq!(retention.expiry(&upload), None);
    }

    #[test]
    fn refuses_days_that_would_delete_uploads_at_once() {
        let error = of("EXPIRE_AFTER_DAYS", "0").unwrap_err();
        assert!(error.to_string().contains("EXPIRE_AFTER_DAYS"), "{error}");
    }
}
