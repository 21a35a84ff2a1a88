//! Lambda function: the items API over DynamoDB.

use function_kit::{Environment, http, telemetry};
use items_api::{api, aws};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let table = aws::table(&environment).await?;
    let table = &table;
    let allowed_origin = environment.parsed("ALLOWED_ORIGIN")?;
    http::serve_rest(allowed_origin, async |request| {
        api::handle(table, &request).await
    })
    .await
    .map_err(anyhow::Error::from_boxed)
}
