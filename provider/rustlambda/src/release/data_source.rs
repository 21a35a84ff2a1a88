//! The data source `rustlambda_release`.

use packaging::{Checksum, Constraint, PublicKey};
use tf_provider::schema::{Validator, computed, one_of, optional, optional_computed, required};
use tf_provider::{Attr, Context, DataSource, Result};

use super::results::{architecture, function_name, release_model, run, set_release, texts};
use crate::client::Client;
use crate::diagnostics;
use crate::model::StoreModel;

release_model! {
    /// Finds the newest release that a version constraint allows. Needs no sources and no Rust
    /// toolchain.
    pub struct ReleaseQuery {
        /// The function's name in the store.
        pub name: Attr<String> = required().validate(function_name()),
        /// Which versions are acceptable, in Terraform's notation, such as `~> 1.4`. Without it
        /// every version is that is not a pre-release; one of those is found only by a constraint
        /// that names a pre-release of the same version.
        pub version_constraint: Attr<String> = optional(),
        /// The function's processor: `x86_64` or `arm64`.
        pub architecture: Attr<String> = optional().default("x86_64").validate(one_of(["x86_64", "arm64"])),
        /// The public key of the publisher, as `minisign -G` writes it. If it is set, a release
        /// counts only with a signature beside its zip, in `<s3_key>.minisig`, whose trusted
        /// comment is `<name> <version> <architecture>`. See the guide
        /// [Trust](../guides/trust.md).
        pub public_key: Attr<String> = optional().validate(public_key()),
        /// Where releases lie.
        pub store: Attr<StoreModel> = required(),
        /// The version that was found.
        pub version: Attr<String> = computed(),
    }
}

/// The data source.
pub(crate) struct ReleaseData;

impl DataSource for ReleaseData {
    const NAME: &'static str = "rustlambda_release";
    type Client = Client;
    type Model = ReleaseQuery;

    async fn read(&self, cx: &Context<Client>, mut query: ReleaseQuery) -> Result<ReleaseQuery> {
        let constraint = match query.version_constraint.as_str() {
            Some(text) => text.parse().map_err(|error: packaging::ConstraintError| {
                diagnostics::of_release(&error.into())
            })?,
            None => Constraint::any(),
        };
        let architecture = architecture(query.architecture.get()?)?;
        let (name, store) = (query.name.get()?, query.store.get()?);
        let releases = cx.client()?.releases(name, architecture, store).await?;
        let release = run(cx, releases.resolve(&constraint)).await?;
        let pinned = query.sha256.as_str().and_then(Checksum::from_hex);
        let pinned = releases.pinned(&release.version, release.zip.sha256, pinned);
        pinned.map_err(|error| diagnostics::of_release(&error))?;
        if let Some(key) = query.public_key.as_str().and_then(|key| key.parse().ok()) {
            run(cx, releases.verify(&release, &key)).await?;
        }
        set_release!(&mut query, &release);
        query.versions = texts(&run(cx, releases.versions()).await?);
        Ok(query)
    }
}

fn public_key() -> Validator {
    let description = "must be a public key of minisign";
    Validator::new(description, |text: &String| {
        text.parse::<PublicKey>().map(|_| ())
    })
}
