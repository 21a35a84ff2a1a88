//! Lambda function: looks after uploads that are due, each minute.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let ran = upload_pipeline::run_reconciler().await;
    ran.map_err(anyhow::Error::from_boxed)
}
