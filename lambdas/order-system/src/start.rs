//! From the event `OrderCreated` to an execution of the state machine.
//!
//! An EventBridge rule could start an execution itself, but could not name it. This names it after
//! the order, and Step Functions has no two executions of a name: an event that comes twice starts
//! one. Names are free again 90 days after an execution ("Service quotas", Step Functions), from
//! when on the order's status alone keeps its steps from happening twice.

use std::sync::Arc;

use aws_lambda_events::streams::{SqsBatchItemFailure, SqsEventResponse};
use function_kit::text::chain;
use function_kit::{Deadline, PortError, Write, batch};
use serde::Deserialize;

use crate::domain::OrderKey;
use crate::ports::Executions;

/// Starts executions.
pub struct Starter {
    /// The state machine's.
    pub executions: Arc<dyn Executions>,
}

/// What matters of a batch of a queue. (`aws_lambda_events` has it all, with twenty crates more.)
#[derive(Debug, Deserialize)]
pub struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
}

/// Why a message has to come again, and in the end to go to the dead letter queue.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("the message is no event of an order")]
    NoOrder(#[source] serde_json::Error),
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What matters of an event as EventBridge delivers it.
#[derive(Deserialize)]
struct Delivered {
    detail: OrderKey,
}

/// Starts an execution for each event of the batch. The answer names the messages that have to
/// come again: each stands for itself, so one that fails keeps none from being done.
pub async fn handle(starter: &Starter, batch: Batch, deadline: Deadline) -> SqsEventResponse {
    let failed = batch::at_once(&batch.records, deadline, async |message| {
        start(starter, &message.body).await
    });
    let mut response = SqsEventResponse::default();
    for (Message { message_id, .. }, error) in failed.await {
        tracing::error!(message_id, cause = chain(&error), "order not started");
        let mut failure = SqsBatchItemFailure::default();
        failure.item_identifier = Some(message_id.clone());
        response.batch_item_failures.push(failure);
    }
    response
}

async fn start(starter: &Starter, body: &str) -> Result<(), StartError> {
    let event: Delivered = serde_json::from_str(body).map_err(StartError::NoOrder)?;
    let order_id = event.detail.order_id;
    match starter.executions.start(event.detail).await? {
        Write::Done => tracing::info!(%order_id, "order started"),
        Write::Conflict => tracing::info!(%order_id, "order was started before"),
    }
    Ok(())
}
