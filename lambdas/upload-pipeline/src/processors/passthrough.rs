//! Copies.

use async_trait::async_trait;

use crate::ports::{Sink, Source};
use crate::processor::{Description, ProcessError, Processor};

/// Copies each upload, of whatever type.
#[derive(Debug, Clone, Copy, Default)]
pub struct Passthrough;

#[async_trait]
impl Processor for Passthrough {
    async fn process(
        &self,
        _upload: &Description,
        source: &dyn Source,
        sink: &mut dyn Sink,
    ) -> Result<(), ProcessError> {
        let mut chunks = source.stream().await?;
        while let Some(bytes) = chunks.next().await? {
            sink.write(bytes).await?;
        }
        Ok(())
    }
}
