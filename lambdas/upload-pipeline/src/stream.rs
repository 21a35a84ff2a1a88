//! A batch of the stream, as Lambda's event source mapping delivers it.
//!
//! The mapping has `ReportBatchItemFailures`: Lambda delivers again from the lowest sequence
//! number that is reported, that record and all after it. So the batch stops at the first record
//! that has to be retried. Going on would process the later ones twice, send their dead letters
//! twice, and press a service that is throttling, and the shard would not advance for it.
//!
//! A batch of which nothing was done fails as a whole. To the shard that is the same, and it shows
//! in the function's `Errors` metric, where partial failures do not.

use std::time::Duration;

use aws_lambda_events::kinesis::{KinesisEvent, KinesisEventRecord};
use aws_lambda_events::streams::KinesisEventResponse;
use function_kit::http::chain;
use jiff::Timestamp;

use crate::domain::StreamPosition;
use crate::process::{Outcome, Processor, Retry};

/// Time that must be left of the invocation for another record to be begun. A record takes a
/// fraction of a second; this leaves room for a service's slow answer. What is not begun is
/// delivered again at once, while an invocation that is cut off leaves a lease to wait for.
pub const TIME_FOR_A_RECORD: Duration = Duration::from_secs(10);

/// Processes the batch in order, in an invocation that Lambda ends at `deadline`. The answer
/// names the record from which on the batch has to be delivered again, if there is one.
///
/// # Errors
/// When that is the first record.
pub async fn handle(
    processor: &Processor,
    batch: KinesisEvent,
    deadline: Timestamp,
) -> Result<KinesisEventResponse, Retry> {
    let mut response = KinesisEventResponse::default();
    for (index, record) in batch.records.iter().enumerate() {
        // The first record is always tried, or a short timeout would mean no progress at all.
        let in_time = index == 0 || processor.clock.now() + TIME_FOR_A_RECORD < deadline;
        let tried = if in_time {
            process(processor, record, deadline).await
        } else {
            Err(Retry::OutOfTime)
        };
        match tried {
            Ok(_) => {}
            Err(retry) if index == 0 => return Err(retry),
            Err(_) => {
                response.add_failure(&record.kinesis.sequence_number);
                break;
            }
        }
    }
    Ok(response)
}

async fn process(
    processor: &Processor,
    record: &KinesisEventRecord,
    deadline: Timestamp,
) -> Result<Outcome, Retry> {
    let position = position(record);
    let sequence_number = &position.sequence_number;
    let tried = processor
        .process(&record.kinesis.data, &position, deadline)
        .await;
    match &tried {
        Ok(outcome) => tracing::info!(sequence_number, ?outcome, "record done"),
        Err(retry) => {
            let cause = chain(retry);
            tracing::warn!(sequence_number, cause, "record to be delivered again");
        }
    }
    tried
}

fn position(record: &KinesisEventRecord) -> StreamPosition {
    // "shardId-000000000000:49545115243490985018280067714973144582180062593244200961"
    let event_id = record.event_id.as_deref().unwrap_or_default();
    StreamPosition {
        stream: record.event_source_arn.clone().unwrap_or_default(),
        shard_id: event_id.split(':').next().unwrap_or_default().to_owned(),
        sequence_number: record.kinesis.sequence_number.clone(),
        partition_key: record.kinesis.partition_key.clone(),
    }
}
