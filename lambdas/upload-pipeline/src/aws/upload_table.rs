//! The table of uploads in DynamoDB: partition key `owner`, sort key `upload_id`.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::retention::Retention;
use super::row::{self, OWNER, REVISION, UPLOAD_ID};
use crate::domain::{Owner, Upload, UploadId};
use crate::ports::{PortError, UploadTable, Write};
use function_kit::aws::{broken, code, port_error};

/// Says which write made the row what it is. A try that the SDK repeats because its answer was
/// lost finds its own mark and succeeds, instead of taking itself for another writer.
const LAST_WRITE: &str = "last_write";

/// What must hold of the row that is there.
enum Condition {
    /// There is none.
    Absent,
    /// It has this revision.
    Revision(u64),
}

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoTable {
    client: Client,
    name: String,
    retention: Retention,
}

impl DynamoTable {
    /// The table of that name, whose rows stay as long as `retention` says.
    pub fn new(config: &SdkConfig, name: String, retention: Retention) -> Self {
        Self {
            client: Client::new(config),
            name,
            retention,
        }
    }

    /// Writes the upload's row if it passes the condition, or if a try of this very write did.
    ///
    /// The whole row is written, so that its attributes are exactly those of its state.
    async fn write(&self, upload: &Upload, condition: Condition) -> Result<Write, PortError> {
        let mark = AttributeValue::S(Uuid::now_v7().to_string());
        let mut row = row::of(upload);
        self.retention.mark(&mut row, upload.uploaded_at);
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(row))
            .item(LAST_WRITE, mark.clone())
            .expression_attribute_values(":mark", mark);
        let put = match condition {
            Condition::Absent => put.condition_expression(format!(
                "attribute_not_exists({UPLOAD_ID}) OR {LAST_WRITE} = :mark"
            )),
            Condition::Revision(revision) => put
                .condition_expression(format!("{REVISION} = :revision OR {LAST_WRITE} = :mark"))
                .expression_attribute_values(":revision", AttributeValue::N(revision.to_string())),
        };
        match put.send().await {
            Ok(_) => Ok(Write::Done),
            Err(error) if code(&error) == Some("ConditionalCheckFailedException") => {
                Ok(Write::Conflict)
            }
            Err(error) => Err(port_error(format!("PutItem in table {}", self.name), error)),
        }
    }
}

#[async_trait]
impl UploadTable for DynamoTable {
    async fn insert(&self, upload: &Upload) -> Result<Write, PortError> {
        self.write(upload, Condition::Absent).await
    }

    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        let operation = || format!("GetItem from table {}", self.name);
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .key(OWNER, AttributeValue::S(owner.to_string()))
            .key(UPLOAD_ID, AttributeValue::S(id.to_string()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| port_error(operation(), error))?;
        output
            .item
            .map(|item| row::read(&item))
            .transpose()
            .map_err(|error| broken(operation(), error))
    }

    async fn update(&self, next: &Upload) -> Result<Write, PortError> {
        self.write(next, Condition::Revision(next.revision - 1))
            .await
    }
}
