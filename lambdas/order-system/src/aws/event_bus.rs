//! The bus in EventBridge.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use function_kit::PortError;
use function_kit::aws::{kind_of, port_error};

use crate::message::{Event, SOURCE};
use crate::ports::EventBus;

/// A bus of EventBridge.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    name: String,
}

impl EventBridge {
    /// The bus of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }
}

#[async_trait]
impl EventBus for EventBridge {
    /// PutEvents succeeds also where it refuses every event, and says so in its answer.
    async fn put(&self, event: &Event) -> Result<(), PortError> {
        let operation = || format!("PutEvents on bus {}", self.name);
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.detail_type)
            .detail(event.detail.to_string())
            .build();
        let request = self.client.put_events().entries(entry);
        let output = request
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        let refused = output.entries().iter().find_map(|entry| entry.error_code());
        refused.map_or(Ok(()), |code| {
            Err(PortError {
                operation: operation(),
                kind: kind_of(code),
                source: code.into(),
            })
        })
    }
}
