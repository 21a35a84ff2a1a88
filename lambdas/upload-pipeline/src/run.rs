//! The functions that no request calls: a processor, the receiver of S3's events, and the
//! reconciler.

use std::process::exit;
use std::sync::Arc;

use aws_lambda_events::kinesis::KinesisEvent;
use function_kit::{Deadline, Environment, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::de::IgnoredAny;

use crate::processor::Processor;
use crate::{aws, notification, stream};

/// Threads of the runtime: one for a processor that calculates, and one for the heartbeat of its
/// lease. A function of 512 MB has less than one processor ("Configure Lambda function memory").
const THREADS: usize = 2;

/// Runs the Lambda function that processes uploads with `processor`: the whole `main` of its
/// binary. Its environment is that of the pipeline's module.
///
/// Ends the process with status 1 when the function cannot start; standard error says why.
pub fn run(processor: impl Processor) {
    if let Err(error) = serve(Arc::new(processor)) {
        eprintln!("the processor cannot run: {error}");
        exit(1);
    }
}

/// Runs the Lambda function that receives uploads of which S3 tells in an event.
///
/// # Errors
/// When the function cannot start.
pub async fn run_receiver() -> Result<(), Error> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let arrivals = &aws::arrivals(&environment).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| {
        let work = notification::handle(arrivals, event.payload);
        let done = Deadline::of(&event.context).bound(work).await?;
        Ok::<_, Error>(done?)
    }))
    .await
}

/// Runs the Lambda function that looks after uploads, whatever event calls it.
///
/// # Errors
/// When the function cannot start.
pub async fn run_reconciler() -> Result<(), Error> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let reconciler = &aws::reconciler(&environment).await?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<IgnoredAny>| {
        let deadline = Deadline::of(&event.context);
        reconciler.run(deadline).await?;
        Ok::<_, Error>(())
    }))
    .await
}

fn serve(processor: Arc<dyn Processor>) -> Result<(), Error> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let processing = &aws::processing(&environment, processor).await?;
        lambda_runtime::run(service_fn(async |event: LambdaEvent<KinesisEvent>| {
            let deadline = Deadline::of(&event.context);
            Ok::<_, Error>(stream::handle(processing, event.payload, deadline).await?)
        }))
        .await
    })
}
