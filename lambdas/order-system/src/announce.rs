//! Announces new rows: from a table's change stream to an event on the bus.
//!
//! `POST /orders` writes a row and no event, so that neither can be there without the other: the
//! stream holds every new row for 24 hours, and this function puts its event, again and again until
//! it is on the bus. The event may come twice; whoever reacts to it must stand that.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event as Batch, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use function_kit::text::chain;
use function_kit::{Clock, Deadline, PortError, batch};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::domain::{Order, User};
use crate::message::{DeadLetter, Event};
use crate::ports::{DeadLetterQueue, EventBus};

/// Age at which a row that the bus does not take goes to the dead letters. Lambda gives a record up
/// after 18 hours (`maximum_record_age_hours` of `modules/rust-function`) and then reports only its
/// shard and sequence number, which lead nowhere once the stream has dropped it, after 24 hours
/// ("Change data capture for DynamoDB Streams").
const GIVEN_UP_AFTER: Duration = Duration::from_secs(12 * 60 * 60);

/// Announces the rows of one table.
pub struct Announcer {
    /// What the table holds.
    pub rows: Rows,
    /// Where events go.
    pub bus: Arc<dyn EventBus>,
    /// Where rows go that are none.
    pub dead_letters: Arc<dyn DeadLetterQueue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Users.
    Users,
    /// Orders.
    Orders,
}

impl Rows {
    fn singular(self) -> &'static str {
        match self {
            Self::Users => "a user",
            Self::Orders => "an order",
        }
    }
}

/// Announces the batch in order, in an invocation that Lambda ends at `deadline`: see [`batch`].
///
/// # Errors
/// When not even the first record could be announced.
pub async fn handle(
    announcer: &Announcer,
    batch: Batch,
    deadline: Deadline,
) -> Result<DynamoDbEventResponse, PortError> {
    let again = batch::in_order(&batch.records, deadline, async |record| {
        announce(announcer, record).await.inspect_err(|error| {
            let (event_id, cause) = (&record.event_id, chain(error));
            tracing::warn!(event_id, cause, "row to be announced again");
        })
    })
    .await?;
    let mut response = DynamoDbEventResponse::default();
    if let Some(record) = again {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = record.change.sequence_number.clone();
        response.batch_item_failures.push(failure);
    }
    Ok(response)
}

/// Announces one row. What can never be announced, or could not be for long, goes to the dead
/// letters with its key, and those behind it go on.
async fn announce(announcer: &Announcer, record: &EventRecord) -> Result<(), PortError> {
    let letter = match event(announcer.rows, record) {
        Ok(event) => match announcer.bus.put(&event).await {
            Ok(()) => {
                let (detail_type, detail) = (event.detail_type, &event.detail);
                tracing::info!(detail_type, %detail, "announced");
                return Ok(());
            }
            Err(error) if !is_given_up(record, announcer.clock.now()) => return Err(error),
            Err(error) => letter(
                record,
                format!("the bus takes no event: {error}"),
                Some(event),
            ),
        },
        // The error would quote what the row holds.
        Err(_) => {
            let kind = announcer.rows.singular();
            letter(record, format!("the row cannot be read as {kind}"), None)
        }
    };
    tracing::error!(
        event_id = letter.event_id,
        reason = letter.reason,
        "dead letter"
    );
    announcer.dead_letters.send(&letter).await
}

fn letter(record: &EventRecord, reason: String, event: Option<Event>) -> DeadLetter {
    DeadLetter {
        reason,
        event_id: record.event_id.clone(),
        keys: serde_dynamo::from_item(record.change.keys.clone()).unwrap_or_default(),
        event,
    }
}

/// Whether nobody tries to announce the row any longer. A record without its time is tried until
/// Lambda gives it up.
fn is_given_up(record: &EventRecord, now: Timestamp) -> bool {
    let created = record.change.approximate_creation_date_time.timestamp();
    let created = Timestamp::from_second(created).unwrap_or_default();
    created != Timestamp::UNIX_EPOCH && created + GIVEN_UP_AFTER < now
}

fn event(rows: Rows, record: &EventRecord) -> Result<Event, serde_dynamo::Error> {
    match rows {
        Rows::Users => row::<User>(record).map(|user| Event::from(&user)),
        Rows::Orders => row::<Order>(record).map(|order| Event::from(&order)),
    }
}

fn row<T: DeserializeOwned>(record: &EventRecord) -> Result<T, serde_dynamo::Error> {
    serde_dynamo::from_item(record.change.new_image.clone())
}
