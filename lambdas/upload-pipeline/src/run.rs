//! A processor as a Lambda function.

use std::process::exit;
use std::sync::Arc;

use aws_lambda_events::kinesis::KinesisEvent;
use function_kit::{Deadline, Environment, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};

use crate::processor::Processor;
use crate::{aws, stream};

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
