//! A batch of the stream, processed in order: see [`batch`].

use aws_lambda_events::kinesis::{KinesisEvent, KinesisEventRecord};
use aws_lambda_events::streams::KinesisEventResponse;
use function_kit::text::chain;
use function_kit::{Deadline, batch};

use crate::domain::StreamPosition;
use crate::process::{Delivery, Processing, Retry};

/// Processes the batch in order, in an invocation that Lambda ends at `deadline`. The answer
/// names the record from which on the batch has to be delivered again, if there is one.
///
/// # Errors
/// When that is the first record.
pub async fn handle(
    processing: &Processing,
    batch: KinesisEvent,
    deadline: Deadline,
) -> Result<KinesisEventResponse, Retry> {
    let again = batch::in_order(&batch.records, deadline, async |record| {
        process(processing, record, deadline).await
    })
    .await?;
    let mut response = KinesisEventResponse::default();
    if let Some(record) = again {
        response.add_failure(&record.kinesis.sequence_number);
    }
    Ok(response)
}

async fn process(
    processing: &Processing,
    record: &KinesisEventRecord,
    deadline: Deadline,
) -> Result<(), Retry> {
    let position = &position(record);
    let sequence_number = &position.sequence_number;
    let delivery = Delivery {
        data: &record.kinesis.data,
        position,
        deadline,
    };
    match processing.process(delivery).await {
        Ok(outcome) => tracing::info!(sequence_number, ?outcome, "record done"),
        Err(retry) => {
            let cause = chain(&retry);
            tracing::warn!(sequence_number, cause, "record to be delivered again");
            return Err(retry);
        }
    }
    Ok(())
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
