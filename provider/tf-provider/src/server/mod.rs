//! Serves a provider to Terraform.

use std::process::ExitCode;

use crate::Provider;

/// Serves `provider` until Terraform is done with it. This is the `main` of a
/// provider's binary.
pub fn serve<P: Provider>(provider: P) -> ExitCode {
    let _ = provider.catalog();
    ExitCode::FAILURE
}
