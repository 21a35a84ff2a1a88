//! The table of uploads in DynamoDB: partition key `owner`, sort key `upload_id`.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use function_kit::aws::table::{Condition, Table, key, text};

use super::retention::Retention;
use super::row::{OWNER, REVISION, Row, UPLOAD_ID};
use crate::domain::{Owner, Upload, UploadId};
use crate::ports::{PortError, UploadTable, Write};

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoTable {
    table: Table,
    retention: Retention,
}

impl DynamoTable {
    /// Returns the table of that name, whose rows stay as long as `retention` says.
    pub fn new(config: &SdkConfig, name: String, retention: Retention) -> Self {
        let table = Table::new(config, name, OWNER);
        Self { table, retention }
    }

    /// Writes the whole row, so that its attributes are exactly those of the upload's state.
    async fn write(&self, upload: &Upload, condition: Condition) -> Result<Write, PortError> {
        let mut row = self.table.row(&Row::from(upload))?;
        self.retention.mark(&mut row, upload.created_at);
        self.table.put_if(row, condition).await.map(Write::from)
    }
}

#[async_trait]
impl UploadTable for DynamoTable {
    async fn insert(&self, upload: &Upload) -> Result<Write, PortError> {
        self.write(upload, Condition::Absent).await
    }

    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        let row = self
            .table
            .get(key([(OWNER, text(owner)), (UPLOAD_ID, text(id))]));
        row.await?.map(|row| self.table.value(row)).transpose()
    }

    async fn update(&self, next: &Upload) -> Result<Write, PortError> {
        let before = AttributeValue::N((next.revision - 1).to_string());
        self.write(next, Condition::Holds(REVISION, Some(before)))
            .await
    }
}
