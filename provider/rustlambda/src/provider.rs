//! The provider: what it offers.

use crate::client::Client;
use tf_provider::{Catalog, Context, Provider, Result, model};

use crate::functions::crate_version::CrateVersion;
use crate::functions::source_fingerprint::SourceFingerprint;
use crate::functions::zip_hash::ZipHash;
use crate::package::PackageResource;
use crate::release::{ReleaseData, ReleaseResource};
use crate::workspace::WorkspaceData;

model! {
    /// Compiles, packages and versions AWS Lambda functions in Rust, so that `terraform apply` is
    /// the whole deployment: no build script, no Docker, no zip in a repository.
    ///
    /// At plan, without compiling, a fingerprint is taken of everything that could change the
    /// binary. The same fingerprint means nothing to do, on any machine. At apply, cargo compiles
    /// what changed, the executable is checked against the Lambda runtime that it is meant for, and
    /// the zip is the same byte for byte wherever it is made.
    ///
    /// Compiling needs [Rust](https://rustup.rs). For another processor or an older glibc than the
    /// machine's it also needs `cargo-zigbuild` and zig; `pip install cargo-zigbuild` brings both.
    ///
    /// The provider needs no configuration. Credentials, region and endpoint of S3 are those that
    /// the AWS SDKs find in the environment.
    pub struct Config {}
}

/// Compiles, packages and versions AWS Lambda functions in Rust.
pub(crate) struct RustLambda;

impl Provider for RustLambda {
    const ADDRESS: &'static str = "rustlambda/rustlambda";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Config = Config;
    type Client = Client;

    fn catalog(&self) -> Catalog<Client> {
        Catalog::new()
            .resource(PackageResource)
            .resource(ReleaseResource)
            .data_source(ReleaseData)
            .data_source(WorkspaceData)
            .function(CrateVersion)
            .function(SourceFingerprint)
            .function(ZipHash)
    }

    async fn configure(&self, _: &Context<Client>, _: Config) -> Result<Client> {
        Ok(Client::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_are_sound() {
        assert_eq!(RustLambda.catalog().problems(), &[] as &[String]);
    }
}
