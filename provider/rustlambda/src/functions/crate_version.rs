//! `crate_version`: the version in a manifest.

use crate::client::Client;
use tf_provider::schema::required;
use tf_provider::{Context, Function, FunctionError, model};

model! {
    /// Gives the version of the package that a `Cargo.toml` describes, also where it is inherited
    /// from the workspace.
    pub struct Arguments {
        /// Path to the package's `Cargo.toml`.
        pub manifest_path: String = required(),
    }
}

/// The function.
pub(crate) struct CrateVersion;

impl Function for CrateVersion {
    const NAME: &'static str = "crate_version";
    type Client = Client;
    type Arguments = Arguments;
    type Output = String;

    async fn run(
        &self,
        _: &Context<Client>,
        arguments: Arguments,
    ) -> Result<String, FunctionError> {
        packaging::crate_version(arguments.manifest_path.as_ref(), None)
            .map_err(|error| FunctionError::new(error.to_string()).at("manifest_path"))
    }
}
