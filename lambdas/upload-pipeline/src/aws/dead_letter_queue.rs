//! The dead letter queue in SQS.

use async_trait::async_trait;
use function_kit::aws::Queue;

use crate::domain::DeadLetter;
use crate::ports::{DeadLetterQueue, PortError};

#[async_trait]
impl DeadLetterQueue for Queue {
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError> {
        let message = letter.to_message();
        let message =
            message.map_err(|error| PortError::broken("writing of a dead letter", error))?;
        self.send_message(message).await
    }
}
