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
    /// At plan, without compiling, the provider computes a fingerprint over everything that it knows
    /// to change the binary. The same fingerprint means nothing to do, on any machine. At apply,
    /// cargo compiles what changed, the provider checks that Lambda can run the executable, and it
    /// writes the same zip for the same executable wherever that is.
    ///
    /// ## What counts as a source
    ///
    /// What cargo itself would package counts, by `package.include` and `package.exclude`. Of that,
    /// what git tracks or does not ignore. And whatever an `include_str!`, `include_bytes!`,
    /// `include!` or `#[path]` in a counted file names, wherever in the workspace it lies. A file
    /// that was compiled in and does not count is reported at apply.
    ///
    /// ## What can still differ between machines
    ///
    /// The C library and the linker of the machine are not part of the fingerprint. Nor is the
    /// compiler, unless a `rust-toolchain.toml` names its version. Two machines that differ in these
    /// can make two zips of one fingerprint; a `store` gives both the one that was first.
    ///
    /// ## Tools
    ///
    /// Compiling needs [Rust](https://rustup.rs). For another processor or an older glibc than the
    /// machine's it also needs `cargo-zigbuild` and zig, which `pip install cargo-zigbuild` brings,
    /// and Rust's standard library for that processor: `rustup target add
    /// aarch64-unknown-linux-gnu`, or `x86_64-unknown-linux-gnu`. A plan that will compile names all
    /// that is missing.
    ///
    /// ## Installation
    ///
    /// The provider is in no registry yet. Compile it with `cargo build --release -p rustlambda`, and
    /// copy `target/release/terraform-provider-rustlambda` to
    /// `~/.terraform.d/plugins/registry.terraform.io/rustlambda/rustlambda/0.1.0/linux_amd64/`, where
    /// `terraform init` finds it (on other machines `linux_arm64`, `darwin_arm64` or `darwin_amd64`).
    ///
    /// ## On CI
    ///
    /// A `store` keeps zips for every machine; give CI one, and what it needs less is a cache of
    /// `~/.cargo` and of the `target` folder. Without a store, name the functions in `function_arns`,
    /// so that a job without the zip can create a function again. A saved plan applies on every
    /// machine with the same sources. Plan and state hold `environment` in clear text: store both
    /// where secrets may be. `TF_LOG_PROVIDER=INFO` shows how far a compilation is and which files
    /// changed a fingerprint.
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
