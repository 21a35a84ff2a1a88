//! What the scenarios look at from outside.

use std::time::Duration;

use acceptance_tests::deployment::Deployment;
use anyhow::{Context, Result, ensure};
use sandbox::{api::Answer, objects};
use serde_json::json;

/// How long the pipeline may take before a scenario gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How many objects and rows the uploads have left so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub objects: usize,
    pub rows: usize,
}

impl Stored {
    /// Counts now; the scenarios stay below one page of each listing.
    pub fn count(deployment: &Deployment) -> Result<Self> {
        let clients = deployment.clients();
        let (bucket, table) = (
            deployment.output("uploads_bucket")?,
            deployment.output("uploads_table")?,
        );
        clients.wait(async {
            let objects = clients.s3.list_objects_v2().bucket(bucket).send().await?;
            ensure!(
                objects.is_truncated != Some(true),
                "more objects than one page"
            );
            let rows = clients.dynamodb.scan().table_name(table).send().await?;
            ensure!(rows.last_evaluated_key.is_none(), "more rows than one page");
            Ok(Self {
                objects: objects.contents().len(),
                rows: rows.items().len(),
            })
        })
    }
}

/// The JSON body of an upload.
pub fn upload_body(filename: &str, content: &str) -> Vec<u8> {
    json!({"filename": filename, "content": content})
        .to_string()
        .into_bytes()
}

/// The key of an accepted upload.
pub fn file_key(answer: &Answer) -> Result<String> {
    ensure!(
        answer.status == 201,
        "expected 201, got {}: {}",
        answer.status,
        answer.body
    );
    let key = answer.json()?["file_key"].as_str().map(str::to_owned);
    key.with_context(|| format!("the answer names no file_key: {}", answer.body))
}

/// Waits for the processed text of the upload under `upload_key`.
pub fn processed(deployment: &Deployment, upload_key: &str) -> Result<String> {
    let bucket = deployment.output("processed_bucket")?;
    objects::wait_for_processed(deployment.address(), bucket, upload_key)
}
