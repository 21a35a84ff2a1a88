//! `crate_version`: the version in a manifest.

use crate::client::Client;
use crate::functions;
use packaging::{Error, Input};
use tf_provider::schema::required;
use tf_provider::{Context, Function, FunctionError, model};

model! {
    /// Returns the version of the package that a `Cargo.toml` describes, also where it is inherited
    /// from the workspace.
    pub struct Arguments {
        /// Path to the `Cargo.toml` of the package or of its workspace.
        pub manifest_path: String = required(),
        /// The package, where the manifest is a workspace with several: one at most.
        pub package: Vec<String> = required(),
    }
}

/// The function.
pub(crate) struct CrateVersion;

impl Function for CrateVersion {
    const NAME: &'static str = "crate_version";
    const VARIADIC: bool = true;
    type Client = Client;
    type Arguments = Arguments;
    type Output = String;

    async fn run(
        &self,
        cx: &Context<Client>,
        arguments: Arguments,
    ) -> Result<String, FunctionError> {
        let package = functions::package(arguments.package)?;
        let manifest = arguments.manifest_path;
        let version = functions::blocking(cx, move || {
            packaging::crate_version(manifest.as_ref(), package.as_deref())
        });
        let argument = |error: &Error| match error.input() {
            Some(Input::Package) => "package",
            _ => "manifest_path",
        };
        version
            .await?
            .map_err(|error| FunctionError::new(error.to_string()).at(argument(&error)))
    }
}
