//! Lambda function: the HTTP API of uploads, behind an HTTP API or (`REST_API=true`) a REST API.

use function_kit::{Environment, http, telemetry};
use upload_pipeline::{api, aws};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let uploads = aws::api(&environment).await?;
    let uploads = &uploads;
    let handler = async |request| api::handle(uploads, request).await;
    let served = if environment.parsed_or("REST_API", false)? {
        http::serve_rest(environment.parsed("ALLOWED_ORIGIN")?, handler).await
    } else {
        http::serve(handler).await
    };
    served.map_err(anyhow::Error::from_boxed)
}
