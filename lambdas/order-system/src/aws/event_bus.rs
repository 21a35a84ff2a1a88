//! The bus in EventBridge.

use async_trait::async_trait;
use function_kit::PortError;
use function_kit::aws::Bus;

use crate::message::{Event, SOURCE};
use crate::ports::EventBus;

#[async_trait]
impl EventBus for Bus {
    async fn put(&self, event: &Event) -> Result<(), PortError> {
        self.put_event(SOURCE, event.detail_type, event.detail.to_string())
            .await
    }
}
