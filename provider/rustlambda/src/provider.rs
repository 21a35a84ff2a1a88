//! The provider: what it offers.

use tf_provider::{Catalog, Context, Provider, Result};

use crate::client::Client;
use crate::config::Config;
use crate::functions::crate_version::CrateVersion;
use crate::functions::source_fingerprint::SourceFingerprint;
use crate::functions::zip_hash::ZipHash;
use crate::package::PackageResource;
use crate::release::{ReleaseData, ReleaseResource};
use crate::workspace::WorkspaceData;

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

    async fn configure(&self, _: &Context<Client>, config: Config) -> Result<Client> {
        Ok(Client::new(config.settings()?))
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
