//! Provider functions, `provider::rustlambda::…`.

pub(crate) mod crate_version;
pub(crate) mod source_fingerprint;
pub(crate) mod zip_hash;

use tf_provider::{Context, FunctionError};

use crate::client::Client;

/// Runs what reads files, until it is done or Terraform wants the call to stop.
async fn blocking<T: Send + 'static>(
    cx: &Context<Client>,
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, FunctionError> {
    let task = tokio::task::spawn_blocking(read);
    match cx.cancellation().run_until_cancelled(task).await {
        Some(done) => Ok(done?),
        None => Err(FunctionError::new(
            "The call was stopped before it was done.",
        )),
    }
}

/// The package that the last, optional argument names.
fn package(mut names: Vec<String>) -> Result<Option<String>, FunctionError> {
    let package = names.pop();
    if names.is_empty() {
        return Ok(package);
    }
    Err(FunctionError::new("Name one package at most.").at("package"))
}
