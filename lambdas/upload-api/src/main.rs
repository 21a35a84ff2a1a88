//! Lambda function: takes an upload over HTTP.

use function_kit::{Environment, http, telemetry};
use upload_pipeline::{api, aws};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let receiver = aws::receiver(&environment).await?;
    let receiver = &receiver;
    http::serve(async |request| api::handle(receiver, request).await)
        .await
        .map_err(anyhow::Error::from_boxed)
}
