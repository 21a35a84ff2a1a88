//! The dead letter queue in SQS.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use function_kit::PortError;
use function_kit::aws::{broken, port_error};

use crate::message::DeadLetter;
use crate::ports::DeadLetterQueue;

/// A queue of SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue at that address.
    pub fn new(config: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(config),
            url,
        }
    }
}

#[async_trait]
impl DeadLetterQueue for SqsQueue {
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError> {
        let operation = || format!("SendMessage to {}", self.url);
        let message = serde_json::to_string(letter).map_err(|error| broken(operation(), error))?;
        let request = self.client.send_message().queue_url(&self.url);
        let sent = request.message_body(message).send().await;
        sent.map(drop)
            .map_err(|error| port_error(operation(), error))
    }
}
