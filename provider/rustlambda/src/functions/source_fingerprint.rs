//! `source_fingerprint`: the fingerprint of a binary's sources.

use crate::client::Client;
use crate::functions;
use packaging::{CargoBuild, Package, Request, Source};
use tf_provider::schema::required;
use tf_provider::{Context, Function, FunctionError, model};

model! {
    /// Returns the hash over everything that can change a binary: its sources, those of its path
    /// dependencies, the locked versions of the others, profile, configuration and toolchain file.
    /// It is that of a `rustlambda_package` without further arguments.
    pub struct Arguments {
        /// Path to the `Cargo.toml` of the package or of its workspace.
        pub manifest_path: String = required(),
        /// The binary; null where the package has only one.
        pub binary: Option<String> = required(),
        /// The package, where the manifest is a workspace with several: one at most.
        pub package: Vec<String> = required(),
    }
}

/// The function.
pub(crate) struct SourceFingerprint;

impl Function for SourceFingerprint {
    const NAME: &'static str = "source_fingerprint";
    const VARIADIC: bool = true;
    type Client = Client;
    type Arguments = Arguments;
    type Output = String;

    async fn run(
        &self,
        cx: &Context<Client>,
        arguments: Arguments,
    ) -> Result<String, FunctionError> {
        let mut build = CargoBuild::new(arguments.manifest_path);
        build.binary = arguments.binary;
        build.package = functions::package(arguments.package)?;
        let resolve = move || Package::resolve(Request::new(Source::Cargo(build)));
        let package = functions::blocking(cx, resolve).await??;
        Ok(package.fingerprint().to_string())
    }
}
