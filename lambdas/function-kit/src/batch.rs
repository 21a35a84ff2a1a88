//! Batches of a stream (Kinesis, DynamoDB) and of a queue (SQS), as Lambda's event source mapping
//! delivers them.
//!
//! The mapping has `ReportBatchItemFailures`. Of a stream, Lambda delivers again from the lowest
//! sequence number that is reported, that record and all after it ("Configuring partial batch
//! response with Kinesis Data Streams and Lambda"). So a batch stops at the first record that has
//! to be retried. Going on would process the later ones twice and press a service that is
//! throttling, and the shard would not advance for it. Of a queue, Lambda returns each message that
//! is reported.
//!
//! A stream's batch of which nothing was done fails as a whole. To the shard that is the same, and it shows
//! in the function's `Errors` metric, where partial failures do not.

use std::time::Duration;

use futures_util::future::join_all;

use crate::deadline::Deadline;
use crate::port::PortError;

/// Time that must be left of the invocation for another record to be begun. A record takes a
/// fraction of a second; this leaves room for a service's slow answer. What is not begun is
/// delivered again at once.
pub const TIME_FOR_A_RECORD: Duration = Duration::from_secs(10);

/// Processes a stream's records in order. Returns the record from which on the batch has to be
/// delivered again, if there is one: the first that failed, or that there was no time to begin.
///
/// # Errors
/// When that is the first record: whatever `process` failed with.
pub async fn in_order<'a, R, E: From<PortError>>(
    records: &'a [R],
    deadline: Deadline,
    process: impl AsyncFn(&'a R) -> Result<(), E>,
) -> Result<Option<&'a R>, E> {
    for (index, record) in records.iter().enumerate() {
        // The first record is always tried, or a short timeout would mean no progress at all.
        if index > 0 && deadline.left() <= TIME_FOR_A_RECORD {
            return Ok(Some(record));
        }
        match in_time(deadline, process(record)).await {
            Ok(()) => {}
            Err(error) if index == 0 => return Err(error),
            Err(_) => return Ok(Some(record)),
        }
    }
    Ok(None)
}

/// Processes a queue's messages, each for itself. Returns those that have to be delivered again,
/// with why.
///
/// Begins all at once: SQS counts how often a message was received, and not how often it was tried
/// ("Using dead-letter queues in Amazon SQS", `maxReceiveCount`). One after another, a slow message
/// would use up the receives of those behind it, which would end in the dead letter queue without a
/// try.
pub async fn at_once<'a, M, E: From<PortError>>(
    messages: &'a [M],
    deadline: Deadline,
    process: impl AsyncFn(&'a M) -> Result<(), E>,
) -> Vec<(&'a M, E)> {
    let process = &process;
    let tries = messages.iter().map(async |message| {
        let done = in_time(deadline, process(message)).await;
        done.err().map(|error| (message, error))
    });
    join_all(tries).await.into_iter().flatten().collect()
}

async fn in_time<E: From<PortError>>(
    deadline: Deadline,
    work: impl Future<Output = Result<(), E>>,
) -> Result<(), E> {
    match deadline.bound(work).await {
        Ok(done) => done,
        Err(time_is_up) => Err(PortError::from(time_is_up).into()),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::deadline::MARGIN;
    use crate::port::PortErrorKind;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Fails if it is `bad`, and never ends if it is 9.
    async fn process(number: u8, bad: u8) -> Result<(), PortError> {
        match number {
            9 => std::future::pending().await,
            _ if number == bad => Err(PortError::broken("processing", "bad")),
            _ => Ok(()),
        }
    }

    /// Returns what came of records of which `bad` fails, and which of them were tried.
    async fn run(records: &[u8], bad: u8, left: Duration) -> (Result<Option<u8>, String>, Vec<u8>) {
        let tried = RefCell::new(Vec::new());
        let outcome = in_order(records, Deadline::after(left), async |record| {
            tried.borrow_mut().push(*record);
            process(*record, bad).await
        });
        let outcome = outcome.await.map_err(|error| error.source.to_string());
        (outcome.map(Option::<&u8>::copied), tried.into_inner())
    }

    #[tokio::test]
    async fn a_batch_stops_at_the_record_that_has_to_come_again() {
        let all = [1, 2, 3];
        assert_eq!(run(&all, 0, MINUTE).await, (Ok(None), vec![1, 2, 3]));
        assert_eq!(run(&all, 2, MINUTE).await, (Ok(Some(2)), vec![1, 2]));
        assert_eq!(run(&all, 1, MINUTE).await, (Err("bad".into()), vec![1]));
    }

    #[tokio::test]
    async fn a_record_is_not_begun_without_time_for_it_unless_it_is_the_first() {
        let records = [1, 2, 3];
        let outcome = run(&records, 0, TIME_FOR_A_RECORD).await;
        assert_eq!(outcome, (Ok(Some(2)), vec![1]));
    }

    #[tokio::test]
    async fn a_record_that_never_ends_is_given_up_before_lambda_ends_the_invocation() {
        let deadline = Deadline::after(MARGIN);
        let outcome = in_order(&[9], deadline, async |record| process(*record, 0).await).await;
        assert_eq!(outcome.unwrap_err().kind, PortErrorKind::Busy);
        assert!(deadline.left() > Duration::ZERO);
    }

    #[tokio::test]
    async fn no_message_waits_for_another() {
        let deadline = Deadline::after(MARGIN);
        let tried = RefCell::new(Vec::new());
        let failed = at_once(&[9, 2, 1], deadline, async |message| {
            tried.borrow_mut().push(*message);
            process(*message, 2).await
        });
        let failed = failed.await;
        let failed: Vec<_> = failed
            .iter()
            .map(|(message, error)| (**message, error.kind))
            .collect();
        let expected = [(9, PortErrorKind::Busy), (2, PortErrorKind::Broken)];
        assert_eq!(
            (failed.as_slice(), tried.into_inner()),
            (&expected[..], vec![9, 2, 1])
        );
        assert!(deadline.left() > Duration::ZERO);
    }
}
