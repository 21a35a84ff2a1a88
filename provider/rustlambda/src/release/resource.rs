//! The resource `rustlambda_release`.

use std::path::PathBuf;

use packaging::{
    Architecture, Checksum, Fingerprint, Publication, Published, Release, Releases, StoredZip,
    Version, new_publisher, release_version,
};
use tf_provider::schema::{between, computed, optional, optional_computed, required};
use tf_provider::{Attr, Context, Diagnostic, Plan, Resource, Result, model};

use super::address::Address;
use super::results::{architecture, function_name, release_model, run, set_release, texts};
use crate::client::Client;
use crate::diagnostics;
use crate::model::{StoreModel, is_same_place};

release_model! {
    /// Publishes a package under a semantic version in S3, for consumers who have neither its
    /// sources nor a Rust toolchain.
    ///
    /// A release never changes: the same version with other contents is an error at plan, which
    /// says which version is next. Under a new version the next release is published beside the
    /// older ones.
    pub struct ReleaseModel {
        /// The function's name in the store: letters, digits, `_` and `-`.
        pub name: Attr<String> = required().requires_replace().validate(function_name()),
        /// The semantic version, without build metadata; by default the package's version.
        pub version: Attr<String> = optional_computed(),
        /// What is published: a whole `rustlambda_package`.
        pub package: Attr<PackageResults> = required(),
        /// Where releases lie. Another bucket or prefix replaces the resource.
        pub store: Attr<StoreModel> = required(),
        /// How many stable releases stay: when one is published, older ones are deleted, each with
        /// its pre-releases. What another `rustlambda_release` has published stays. All stay where
        /// this is not set.
        pub retain: Attr<i64> = optional().validate(between(1..=10_000)),
        /// Whether the releases stay in the store when this resource is destroyed, which others
        /// may have installed. `false` deletes the releases that this resource has published,
        /// unless another `rustlambda_release` publishes under the same name.
        pub keep_on_destroy: Attr<bool> = optional().default(true),
        /// The function's processor.
        pub architecture: Attr<String> = computed(),
    }
}

model! {
    /// The results of a `rustlambda_package` that a release is made of.
    pub struct PackageResults {
        /// Path of the zip.
        pub filename: Attr<String> = required(),
        /// SHA-256 of the zip in hexadecimal digits.
        pub sha256: Attr<String> = required(),
        /// The hash over the sources.
        pub source_fingerprint: Attr<String> = required(),
        /// The function's processor.
        pub architecture: Attr<String> = required(),
        /// The Lambda runtime.
        pub runtime: Attr<String> = required(),
        /// The name of the executable in the zip.
        pub handler: Attr<String> = required(),
        /// The version in the package's `Cargo.toml`.
        pub version: Attr<String> = optional(),
        /// The bucket of the package's own store.
        pub s3_bucket: Attr<String> = optional(),
        /// The zip's key there.
        pub s3_key: Attr<String> = optional(),
        /// The zip's version there.
        pub s3_object_version: Attr<String> = optional(),
    }
}

/// The resource.
pub(crate) struct ReleaseResource;

impl Resource for ReleaseResource {
    const NAME: &'static str = "rustlambda_release";
    type Client = Client;
    type Model = ReleaseModel;

    async fn modify_plan(&self, cx: &Context<Client>, plan: &mut Plan<ReleaseModel>) -> Result<()> {
        let planned = &mut plan.planned;
        if let (Some(prior), Attr::Known(store)) = (&plan.prior, &mut planned.store)
            && let Some(prior) = prior.store.known()
        {
            store.keep_prefix(prior);
        }
        if plan.config.version.is_null() {
            planned.version = match planned.package.known() {
                Some(package) => package.version.clone(),
                None => Attr::Unknown,
            };
            if planned.version.is_null() {
                let detail = "It is made of `binary_path`, not of a crate. Set `version`.";
                let error = Diagnostic::error("The package has no version", detail);
                return Err(error.at("version").into());
            }
        }
        let claim = planned.claim()?;
        let moved = plan.prior.as_ref().is_some_and(|prior| {
            planned.wanted_architecture().is_some()
                && planned.wanted_architecture() != prior.architecture.as_str()
        });
        if let Some(prior) = plan
            .prior
            .clone()
            .filter(|prior| planned.is_published_as(prior))
        {
            let versions = if planned.retain == prior.retain {
                prior.versions.clone()
            } else {
                Attr::Unknown
            };
            planned.take(prior);
            planned.versions = versions;
            return expect_pinned(&plan.config, planned);
        }
        planned.forget();
        if let Some((version, fingerprint)) = claim
            && let Some(releases) = open(cx, planned).await?
        {
            let claimed = releases.claim(&version, &fingerprint);
            match run(cx, claimed).await? {
                Some(release) => planned.set(&release, releases.architecture()),
                None => releases
                    .expect_writable(&version)
                    .map_err(|error| diagnostics::of_release(&error))?,
            }
        }
        expect_pinned(&plan.config, planned)?;
        let prior = plan.prior.as_ref();
        if prior.is_some_and(|prior| !is_same_place(&prior.store, &plan.planned.store)) {
            plan.requires_replace("store");
        }
        if moved {
            plan.requires_replace("package");
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Client>, plan: ReleaseModel) -> Result<ReleaseModel> {
        publish(cx, plan).await
    }

    async fn read(
        &self,
        cx: &Context<Client>,
        mut state: ReleaseModel,
    ) -> Result<Option<ReleaseModel>> {
        let releases = opened(cx, &state, state.architecture.get()?).await?;
        match run(cx, releases.look(&state.version()?)).await? {
            Published::Nothing => return Ok(None),
            // Then the plan publishes it again.
            Published::Expired { .. } => state.source_fingerprint = Attr::Null,
            Published::Whole(release) => state.set(&release, releases.architecture()),
        }
        state.versions = texts(&run(cx, releases.versions()).await?);
        Ok(Some(state))
    }

    async fn update(
        &self,
        cx: &Context<Client>,
        plan: ReleaseModel,
        _: ReleaseModel,
    ) -> Result<ReleaseModel> {
        publish(cx, plan).await
    }

    async fn delete(&self, cx: &Context<Client>, state: ReleaseModel) -> Result<()> {
        let publisher = String::from_utf8(cx.private()).unwrap_or_default();
        if *state.keep_on_destroy.get()? || publisher.is_empty() {
            return Ok(());
        }
        let releases = opened(cx, &state, state.architecture.get()?).await?;
        run(cx, releases.withdraw(&publisher)).await
    }

    async fn import_state(&self, _: &Context<Client>, id: String) -> Result<ReleaseModel> {
        let address: Address = id.parse()?;
        let prefix = Some(address.prefix).filter(|prefix| !prefix.is_empty());
        Ok(ReleaseModel {
            name: address.name.into(),
            version: address.version.into(),
            architecture: address.architecture.into(),
            store: Attr::Known(StoreModel {
                bucket: address.bucket.into(),
                prefix: prefix.into(),
                ..StoreModel::default()
            }),
            keep_on_destroy: true.into(),
            ..ReleaseModel::default()
        })
    }
}

/// Publishes what was planned, and deletes what need not stay.
async fn publish(cx: &Context<Client>, plan: ReleaseModel) -> Result<ReleaseModel> {
    let publication = plan.publication()?;
    let releases = opened(cx, &plan, plan.package.get()?.architecture.get()?).await?;
    let publisher = match String::from_utf8(cx.private()) {
        Ok(publisher) if !publisher.is_empty() => publisher,
        _ => new_publisher(),
    };
    cx.set_private(publisher.as_str());
    let release = run(cx, releases.publish(&publication, &publisher)).await?;
    let mut state = plan;
    state.set(&release, releases.architecture());
    if let Some(count) = state.retain.known() {
        let count = usize::try_from(*count).unwrap_or(usize::MAX);
        // The release is there whether or not older ones can be deleted.
        state.versions = Attr::Known(Vec::new());
        cx.keep(&state);
        let retain = releases.retain(count, &publication.version, &publisher);
        run(cx, retain).await?;
    }
    state.versions = texts(&run(cx, releases.versions()).await?);
    Ok(state)
}

/// Fails where the configuration pins another zip than is planned, and plans the one that it pins
/// where none is known.
fn expect_pinned(config: &ReleaseModel, planned: &mut ReleaseModel) -> Result<()> {
    if config.sha256.known().is_none() || config.sha256 == planned.sha256 {
        return Ok(());
    }
    let (Some(pinned), Some(published)) = (config.sha256.as_str(), planned.sha256.as_str()) else {
        planned.sha256 = config.sha256.clone();
        return Ok(());
    };
    let error = packaging::Error::ReleaseNotPinned {
        name: planned.name.get()?.clone(),
        version: planned.version.get()?.clone(),
        published: published.to_owned(),
        pinned: pinned.to_owned(),
    };
    Err(diagnostics::of_release(&error).into())
}

async fn opened(cx: &Context<Client>, model: &ReleaseModel, name: &str) -> Result<Releases> {
    let client = cx.client()?;
    let (function, store) = (model.name.get()?, model.store.get()?);
    client.releases(function, architecture(name)?, store).await
}

/// Opens the releases among which one is planned, unless something that says where they are is
/// unknown.
async fn open(cx: &Context<Client>, planned: &ReleaseModel) -> Result<Option<Releases>> {
    let (Some(_), Some(architecture), Some(store)) = (
        planned.name.known(),
        planned.wanted_architecture(),
        planned.store.known(),
    ) else {
        return Ok(None);
    };
    if store.has_unknown() || !cx.client()?.is_configured() {
        return Ok(None);
    }
    opened(cx, planned, architecture).await.map(Some)
}

impl ReleaseModel {
    /// Whether this is a publication of the same contents under the same version at the same
    /// place as in `prior`.
    pub fn is_published_as(&self, prior: &Self) -> bool {
        self.name == prior.name
            && is_same_place(&self.store, &prior.store)
            && self.version == prior.version
            && self.wanted_fingerprint() == prior.source_fingerprint.as_str()
            && self.wanted_architecture() == prior.architecture.as_str()
    }

    /// The processor of the package that is to be published.
    pub fn wanted_architecture(&self) -> Option<&str> {
        self.package.known()?.architecture.as_str()
    }

    fn wanted_fingerprint(&self) -> Option<&str> {
        self.package.known()?.source_fingerprint.as_str()
    }

    /// The version and the contents that are wanted; nothing while one of them is unknown.
    pub fn claim(&self) -> Result<Option<(Version, Fingerprint)>> {
        let (Some(_), Some(fingerprint)) = (self.version.known(), self.wanted_fingerprint()) else {
            return Ok(None);
        };
        Ok(Some((self.version()?, Fingerprint::from_hex(fingerprint))))
    }

    /// The version, which is known.
    pub fn version(&self) -> Result<Version> {
        let version = release_version(self.version.get()?);
        Ok(version.map_err(|error| diagnostics::of_release(&error))?)
    }

    /// What is to be published.
    pub fn publication(&self) -> Result<Publication> {
        let package = self.package.get()?;
        let stored = match (package.s3_bucket.as_str(), package.s3_key.as_str()) {
            (Some(bucket), Some(key)) => Some(StoredZip {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                version: package.s3_object_version.known().cloned(),
            }),
            _ => None,
        };
        let invalid = || {
            Diagnostic::error(
                "The package is not one",
                "Its sha256 is not 64 hexadecimal digits.",
            )
            .at("package")
        };
        Ok(Publication {
            version: self.version()?,
            fingerprint: Fingerprint::from_hex(package.source_fingerprint.get()?),
            sha256: Checksum::from_hex(package.sha256.get()?).ok_or_else(invalid)?,
            pinned: self.sha256.as_str().and_then(Checksum::from_hex),
            file: PathBuf::from(package.filename.get()?),
            stored,
            runtime: package.runtime.get()?.clone(),
            handler: package.handler.get()?.clone(),
        })
    }

    /// Sets what a release is.
    pub fn set(&mut self, release: &Release, architecture: Architecture) {
        set_release!(&mut *self, release);
        self.architecture = architecture.name().into();
    }

    /// Takes the results over from another model.
    pub fn take(&mut self, results: Self) {
        let Self {
            name,
            version,
            package,
            store,
            retain,
            keep_on_destroy,
            ..
        } = self.clone();
        *self = Self {
            name,
            version,
            package,
            store,
            retain,
            keep_on_destroy,
            ..results
        };
    }

    /// Nothing is known of the release.
    pub fn forget(&mut self) {
        self.take(Self {
            versions: Attr::Unknown,
            source_code_hash: Attr::Unknown,
            sha256: Attr::Unknown,
            size: Attr::Unknown,
            source_fingerprint: Attr::Unknown,
            build: Attr::Unknown,
            architecture: Attr::Unknown,
            runtime: Attr::Unknown,
            handler: Attr::Unknown,
            s3_bucket: Attr::Unknown,
            s3_key: Attr::Unknown,
            s3_object_version: Attr::Unknown,
            published_at: Attr::Unknown,
            ..Self::default()
        });
    }
}
