//! The stream in Kinesis.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::primitives::Blob;

use crate::domain::UploadRecord;
use crate::ports::{PortError, UploadStream};
use function_kit::aws::port_error;

/// A stream of Kinesis.
#[derive(Debug, Clone)]
pub struct KinesisStream {
    client: Client,
    name: String,
}

impl KinesisStream {
    /// The stream of that name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }
}

#[async_trait]
impl UploadStream for KinesisStream {
    async fn put(&self, record: &UploadRecord) -> Result<(), PortError> {
        let operation = || format!("PutRecord on stream {}", self.name);
        let data =
            serde_json::to_vec(record).map_err(|error| PortError::broken(operation(), error))?;
        self.client
            .put_record()
            .stream_name(&self.name)
            .partition_key(record.upload_id.to_string())
            .data(Blob::new(data))
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        Ok(())
    }
}
