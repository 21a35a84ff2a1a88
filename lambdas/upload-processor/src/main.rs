//! Lambda function: processes uploads from the stream.

use aws_lambda_events::kinesis::KinesisEvent;
use function_kit::{Deadline, Environment, telemetry};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use upload_pipeline::{aws, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let processor = aws::processor(&environment).await?;
    let processor = &processor;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<KinesisEvent>| {
        let deadline = Deadline::of(&event.context);
        Ok::<_, Error>(stream::handle(processor, event.payload, deadline).await?)
    }))
    .await
    .map_err(anyhow::Error::from_boxed)
}
