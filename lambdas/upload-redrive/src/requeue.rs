//! Puts the records of a batch on the stream again.

use anyhow::{Context, Result};
use aws_sdk_kinesis::{
    Client,
    error::ProvideErrorMetadata,
    operation::get_shard_iterator::GetShardIteratorError,
    types::{Record, ShardIteratorType},
};

use crate::{Verdict, message::Batch};

/// Fetches the batch's records from its stream and puts them on it again; only counts them if `dry`.
pub async fn requeue(client: &Client, batch: &Batch, dry: bool) -> Result<Verdict> {
    let records = records(client, batch).await?;
    if records.is_empty() {
        let reason =
            "the stream has its records no more; the reconciler finds uploads by their rows";
        return Ok(Verdict::Left(reason.to_owned()));
    }
    for record in records.iter().filter(|_| !dry) {
        let request = client.put_record().stream_arn(&batch.stream_arn);
        let request = request.set_partition_key(record.partition_key.clone());
        let sent = request.data(record.data.clone()).send().await;
        sent.with_context(|| format!("cannot put a record on {}", batch.stream_arn))?;
    }
    Ok(Verdict::PutBack(format!("{} records", records.len())))
}

async fn records(client: &Client, batch: &Batch) -> Result<Vec<Record>> {
    let Some(mut iterator) = iterator(client, batch).await? else {
        return Ok(Vec::new());
    };
    let mut records = Vec::new();
    loop {
        let request = client.get_records().shard_iterator(iterator);
        let page = request.stream_arn(&batch.stream_arn).send().await;
        let page = page.with_context(|| format!("cannot read {}", batch.stream_arn))?;
        for record in page.records {
            if is_behind(record.sequence_number(), &batch.end_sequence_number) {
                return Ok(records);
            }
            records.push(record);
        }
        // At the newest record of an open shard, the batch has ended.
        match page.next_shard_iterator {
            Some(next) if page.millis_behind_latest.unwrap_or_default() > 0 => iterator = next,
            _ => return Ok(records),
        }
    }
}

/// Returns where to read from; nothing, if the stream has forgotten the shard or the place.
async fn iterator(client: &Client, batch: &Batch) -> Result<Option<String>> {
    let request = client
        .get_shard_iterator()
        .stream_arn(&batch.stream_arn)
        .shard_id(&batch.shard_id)
        .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
        .starting_sequence_number(&batch.start_sequence_number);
    match request.send().await {
        Ok(answer) => Ok(answer.shard_iterator),
        Err(error) => match error.as_service_error() {
            Some(
                GetShardIteratorError::ResourceNotFoundException(_)
                | GetShardIteratorError::InvalidArgumentException(_),
            ) => Ok(None),
            _ => {
                let code = error.code().unwrap_or("no answer").to_owned();
                let what = format!("cannot find the records in {} ({code})", batch.stream_arn);
                Err(error).context(what)
            }
        },
    }
}

/// Whether a record is behind another in its shard. Sequence numbers are decimal numbers of up to
/// 128 digits ("Record" in the API reference of Kinesis).
fn is_behind(number: &str, other: &str) -> bool {
    let comparable = |number: &str| {
        let digits = number.trim_start_matches('0').to_owned();
        (digits.len(), digits)
    };
    comparable(number) > comparable(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_are_compared_as_numbers() {
        for (number, other, behind) in [
            ("9", "10", false),
            ("10", "9", true),
            ("10", "10", false),
            ("0010", "9", true),
            (
                "49601189658422359378836298522902373528957594348623495187",
                "49601189658422359378836298522902373528957594348623495186",
                true,
            ),
        ] {
            assert_eq!(is_behind(number, other), behind, "{number} and {other}");
        }
    }
}
