//! The bus of events in EventBridge.

use async_trait::async_trait;
use function_kit::aws::Bus;

use crate::domain::UploadEvent;
use crate::domain::event::SOURCE;
use crate::ports::{EventBus, PortError};

#[async_trait]
impl EventBus for Bus {
    async fn send(&self, event: &UploadEvent) -> Result<(), PortError> {
        let detail = serde_json::to_string(event);
        let detail = detail.map_err(|error| PortError::broken("writing of an event", error))?;
        self.put_event(SOURCE, event.detail_type, detail).await
    }
}
