//! A queue in SQS, for what could not be done.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;

use super::port_error;
use crate::port::PortError;

/// A queue of SQS.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at that address.
    pub fn new(config: &SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(config),
            url,
        }
    }

    /// Puts a message into it; 256 KiB at most (SQS quota "Message size").
    pub async fn send_message(&self, message: String) -> Result<(), PortError> {
        let request = self.client.send_message().queue_url(&self.url);
        let sent = request.message_body(message).send().await;
        sent.map(drop)
            .map_err(|error| port_error(format!("SendMessage to {}", self.url), error))
    }
}
