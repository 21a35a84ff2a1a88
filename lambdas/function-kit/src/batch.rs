//! A batch of a stream (Kinesis, DynamoDB), as Lambda's event source mapping delivers it.
//!
//! The mapping has `ReportBatchItemFailures`: Lambda delivers again from the lowest sequence
//! number that is reported, that record and all after it. So a batch stops at the first record
//! that has to be retried. Going on would process the later ones twice and press a service that is
//! throttling, and the shard would not advance for it.
//!
//! A batch of which nothing was done fails as a whole. To the shard that is the same, and it shows
//! in the function's `Errors` metric, where partial failures do not.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;

/// Time that must be left of the invocation for another record to be begun. A record takes a
/// fraction of a second; this leaves room for a service's slow answer. What is not begun is
/// delivered again at once.
pub const TIME_FOR_A_RECORD: Duration = Duration::from_secs(10);

/// Processes the records in order, in an invocation that Lambda ends at `deadline`. Gives the
/// record from which on the batch has to be delivered again, if there is one.
///
/// # Errors
/// When that is the first record: whatever `process` failed with.
pub async fn in_order<'a, R, E>(
    records: &'a [R],
    clock: &dyn Clock,
    deadline: Timestamp,
    process: impl AsyncFn(&'a R) -> Result<(), E>,
) -> Result<Option<&'a R>, E> {
    for (index, record) in records.iter().enumerate() {
        // The first record is always tried, or a short timeout would mean no progress at all.
        if index > 0 && clock.now() + TIME_FOR_A_RECORD >= deadline {
            return Ok(Some(record));
        }
        match process(record).await {
            Ok(()) => {}
            Err(error) if index == 0 => return Err(error),
            Err(_) => return Ok(Some(record)),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Stands still.
    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    /// What came of records of which `bad` fails, and which of them were tried.
    async fn run(bad: u8, left: Duration) -> (Result<Option<u8>, &'static str>, Vec<u8>) {
        let tried = RefCell::new(Vec::new());
        let deadline = Timestamp::UNIX_EPOCH + left;
        let outcome = in_order(&[1, 2, 3], &Stopped, deadline, async |record| {
            tried.borrow_mut().push(*record);
            if *record == bad { Err("bad") } else { Ok(()) }
        })
        .await;
        (outcome.map(Option::<&u8>::copied), tried.into_inner())
    }

    #[tokio::test]
    async fn a_batch_stops_at_the_record_that_has_to_come_again() {
        let minute = Duration::from_secs(60);
        assert_eq!(run(0, minute).await, (Ok(None), vec![1, 2, 3]));
        assert_eq!(run(2, minute).await, (Ok(Some(2)), vec![1, 2]));
        assert_eq!(run(1, minute).await, (Err("bad"), vec![1]));
    }

    #[tokio::test]
    async fn a_record_is_not_begun_without_time_for_it_unless_it_is_the_first() {
        assert_eq!(run(0, TIME_FOR_A_RECORD).await, (Ok(Some(2)), vec![1]));
    }
}
