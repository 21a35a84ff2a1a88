//! The bus of events in EventBridge.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
use function_kit::aws::{kind_of, port_error};

use crate::domain::UploadEvent;
use crate::domain::event::SOURCE;
use crate::ports::{EventBus, PortError};

/// A bus of EventBridge.
#[derive(Debug, Clone)]
pub struct EventBridge {
    client: Client,
    name: String,
}

impl EventBridge {
    /// Returns the bus of that name or ARN.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }
}

#[async_trait]
impl EventBus for EventBridge {
    async fn send(&self, event: &UploadEvent) -> Result<(), PortError> {
        let operation = || format!("PutEvents on bus {}", self.name);
        let detail =
            serde_json::to_string(event).map_err(|error| PortError::broken(operation(), error))?;
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.detail_type)
            .detail(detail)
            .build();
        let sent = self.client.put_events().entries(entry).send().await;
        let output = sent.map_err(|error| port_error(operation(), error))?;
        // PutEvents answers 200 also where it refuses an entry, and says so in the entry's result.
        let refusal = output.entries().iter();
        match refusal.filter_map(PutEventsResultEntry::error_code).next() {
            None => Ok(()),
            Some(code) => Err(PortError {
                operation: operation(),
                kind: kind_of(code),
                source: code.into(),
            }),
        }
    }
}
