//! Wires the HTTP API to AWS, by the environment's names.

use std::sync::Arc;

use function_kit::aws::sdk_config;
use function_kit::{Environment, EnvironmentError, SystemClock};

use super::direct::S3Direct;
use super::object_store::S3Objects;
use super::retention::Retention;
use super::upload_stream::KinesisStream;
use super::upload_table::DynamoTable;
use crate::api::Api;
use crate::arrive::Arrivals;
use crate::direct::{Direct, Limits, plan};
use crate::domain::Quota;
use crate::ports::{Clock, UploadStream, UploadTable};
use crate::receive::Receiver;
use crate::remove::Removal;

/// Size above which an upload comes in parts unless `MULTIPART_ABOVE_BYTES` says otherwise: what a
/// phone sends again without much pain.
const MULTIPART_ABOVE: u64 = 16 << 20;

/// Returns the API: reads `UPLOADS_BUCKET`, `PROCESSED_BUCKET`, `UPLOADS_TABLE` and `STREAM_NAME`, and
/// where they are set `MULTIPART_ABOVE_BYTES`, `MAX_UPLOAD_BYTES`, `QUOTA_BYTES`, `QUOTA_OPEN_UPLOADS`
/// and how long rows stay.
///
/// # Errors
/// When one of them is not set or invalid; the error names it.
pub async fn api(environment: &Environment) -> Result<Api, EnvironmentError> {
    let uploads_bucket = environment.required("UPLOADS_BUCKET")?;
    let processed_bucket = environment.required("PROCESSED_BUCKET")?;
    let table = environment.required("UPLOADS_TABLE")?;
    let stream = environment.required("STREAM_NAME")?;
    let retention = Retention::of(environment)?;
    let quota = Quota {
        bytes: environment.parsed("QUOTA_BYTES")?,
        open_uploads: environment.parsed("QUOTA_OPEN_UPLOADS")?,
    };
    let limits = limits(environment)?;
    let config = sdk_config().await;
    let objects = Arc::new(S3Objects::new(&config));
    let table: Arc<dyn UploadTable> = Arc::new(DynamoTable::new(&config, table, retention, quota));
    let stream: Arc<dyn UploadStream> = Arc::new(KinesisStream::new(&config, stream));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Api {
        receiver: Receiver {
            objects: objects.clone(),
            table: table.clone(),
            stream: stream.clone(),
            clock: clock.clone(),
            uploads_bucket: uploads_bucket.clone(),
        },
        removal: Removal {
            purge: objects.clone(),
            table: table.clone(),
            clock: clock.clone(),
            processed_bucket,
        },
        direct: Direct {
            store: Arc::new(S3Direct::new(&config)),
            table: table.clone(),
            stream: stream.clone(),
            clock: clock.clone(),
            arrivals: Arrivals {
                purge: objects.clone(),
                objects,
                table,
                stream,
                clock,
                uploads_bucket: uploads_bucket.clone(),
            },
            uploads_bucket,
            limits,
        },
    })
}

fn limits(environment: &Environment) -> Result<Limits, EnvironmentError> {
    let max_bytes = environment.parsed_or("MAX_UPLOAD_BYTES", plan::MAX_OBJECT_BYTES)?;
    let multipart_above = environment.parsed_or("MULTIPART_ABOVE_BYTES", MULTIPART_ABOVE)?;
    Ok(Limits {
        max_bytes: max_bytes.min(plan::MAX_OBJECT_BYTES),
        multipart_above: multipart_above.min(plan::MAX_PART_BYTES),
    })
}
