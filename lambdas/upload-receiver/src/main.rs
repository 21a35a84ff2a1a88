//! Lambda function: receives uploads of which S3 tells in an event.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let ran = upload_pipeline::run_receiver().await;
    ran.map_err(anyhow::Error::from_boxed)
}
