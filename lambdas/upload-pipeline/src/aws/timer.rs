//! The machine's time.

use std::time::Duration;

use async_trait::async_trait;
use function_kit::SystemClock;

use crate::ports::Timer;

#[async_trait]
impl Timer for SystemClock {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
