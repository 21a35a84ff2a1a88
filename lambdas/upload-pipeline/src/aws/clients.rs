//! Wires the parts of the pipeline to AWS, by the environment's names.

use std::sync::Arc;

use function_kit::aws::{Bus, Queue, sdk_config};
use function_kit::{Environment, EnvironmentError, SystemClock};

use super::object_store::S3Objects;
use super::retention::Retention;
use super::upload_stream::KinesisStream;
use super::upload_table::DynamoTable;
use crate::arrive::Arrivals;
use crate::domain::Quota;
use crate::ports::{UploadStream, UploadTable};
use crate::process::Processing;
use crate::processor::Processor;
use crate::reconcile::Reconciler;
use crate::remove::Removal;

/// Returns the processing of records with `processor`: reads `PROCESSED_BUCKET`, `UPLOADS_TABLE`,
/// `DEAD_LETTER_QUEUE_URL` and `EVENT_BUS_NAME`, and `EXPIRE_AFTER_DAYS` if it is set.
///
/// # Errors
/// When one of them is not set or invalid; the error names it.
pub async fn processing(
    environment: &Environment,
    processor: Arc<dyn Processor>,
) -> Result<Processing, EnvironmentError> {
    let processed_bucket = environment.required("PROCESSED_BUCKET")?;
    let table = environment.required("UPLOADS_TABLE")?;
    let queue_url = environment.required("DEAD_LETTER_QUEUE_URL")?;
    let bus = environment.required("EVENT_BUS_NAME")?;
    let retention = Retention::of(environment)?;
    // Processing adds nothing.
    let quota = Quota::default();
    let config = sdk_config().await;
    let objects = Arc::new(S3Objects::new(&config));
    Ok(Processing {
        processor,
        objects: objects.clone(),
        table: Arc::new(DynamoTable::new(&config, table, retention, quota)),
        dead_letters: Arc::new(Queue::new(&config, queue_url)),
        events: Arc::new(Bus::new(&config, bus)),
        purge: objects,
        timer: Arc::new(SystemClock),
        processed_bucket,
    })
}

/// Returns what receives bytes that arrive in S3: reads `UPLOADS_BUCKET`, `UPLOADS_TABLE` and
/// `STREAM_NAME`, and how long rows stay.
///
/// # Errors
/// When a variable is not set or invalid; the error names it.
pub async fn arrivals(environment: &Environment) -> Result<Arrivals, EnvironmentError> {
    let uploads_bucket = environment.required("UPLOADS_BUCKET")?;
    let table = environment.required("UPLOADS_TABLE")?;
    let stream = environment.required("STREAM_NAME")?;
    let retention = Retention::of(environment)?;
    let config = sdk_config().await;
    let objects = Arc::new(S3Objects::new(&config));
    Ok(Arrivals {
        objects: objects.clone(),
        purge: objects,
        table: Arc::new(DynamoTable::new(
            &config,
            table,
            retention,
            Quota::default(),
        )),
        stream: Arc::new(KinesisStream::new(&config, stream)),
        clock: Arc::new(SystemClock),
        uploads_bucket,
    })
}

/// Returns the reconciler: reads what [`arrivals`] does, `PROCESSED_BUCKET` and `EVENT_BUS_NAME`.
///
/// # Errors
/// When a variable is not set or invalid; the error names it.
pub async fn reconciler(environment: &Environment) -> Result<Reconciler, EnvironmentError> {
    let processed_bucket = environment.required("PROCESSED_BUCKET")?;
    let bus = environment.required("EVENT_BUS_NAME")?;
    let schedule = Retention::of(environment)?.schedule;
    let arrivals = arrivals(environment).await?;
    let config = sdk_config().await;
    Ok(Reconciler {
        removal: Removal {
            purge: arrivals.purge.clone(),
            table: arrivals.table.clone(),
            clock: arrivals.clock.clone(),
            processed_bucket,
        },
        arrivals,
        events: Arc::new(Bus::new(&config, bus)),
        schedule,
    })
}

/// Returns the rows and the records of a pipeline, for a tool that puts uploads back: reads
/// `UPLOADS_TABLE` and `STREAM_NAME`.
///
/// # Errors
/// When a variable is not set or invalid; the error names it.
pub async fn table_and_stream(
    environment: &Environment,
) -> Result<(Arc<dyn UploadTable>, Arc<dyn UploadStream>), EnvironmentError> {
    let table = environment.required("UPLOADS_TABLE")?;
    let stream = environment.required("STREAM_NAME")?;
    let retention = Retention::of(environment)?;
    let config = sdk_config().await;
    let table = DynamoTable::new(&config, table, retention, Quota::default());
    let stream = KinesisStream::new(&config, stream);
    Ok((Arc::new(table), Arc::new(stream)))
}
