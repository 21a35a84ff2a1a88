//! The arguments and results of `rustlambda_release`, resource and data source.

use std::path::PathBuf;
use std::str::FromStr;

use packaging::{
    Architecture, Checksum, Fingerprint, Publication, Release, StoredZip, Version, release_version,
};
use tf_provider::schema::{
    Validator, between, computed, one_of, optional, optional_computed, required,
};
use tf_provider::{Attr, Diagnostic, Result, model};

use crate::diagnostics;
use crate::model::StoreModel;

/// Declares a model that ends with what there is to say of a release.
macro_rules! release_model {
    ($(#[doc = $doc:expr])* pub struct $name:ident { $($field:tt)* }) => {
        model! {
            $(#[doc = $doc])*
            pub struct $name {
                $($field)*
                /// The versions that are published, the newest first.
                pub versions: Attr<Vec<String>> = computed(),
                /// SHA-256 of the zip in base64, for `source_code_hash` of `aws_lambda_function`.
                pub source_code_hash: Attr<String> = computed(),
                /// SHA-256 of the zip in hexadecimal digits.
                pub sha256: Attr<String> = computed(),
                /// Size of the zip in bytes.
                pub size: Attr<u64> = computed(),
                /// The hash over the sources of what is published.
                pub source_fingerprint: Attr<String> = computed(),
                /// `<version>+<first 12 digits of the fingerprint>`.
                pub build: Attr<String> = computed(),
                /// The Lambda runtime.
                pub runtime: Attr<String> = computed(),
                /// For `handler` of `aws_lambda_function`.
                pub handler: Attr<String> = computed(),
                /// The zip's bucket, for `s3_bucket` of `aws_lambda_function`.
                pub s3_bucket: Attr<String> = computed(),
                /// The zip's key, for `s3_key` of `aws_lambda_function`.
                pub s3_key: Attr<String> = computed(),
                /// The zip's version, for `s3_object_version` of `aws_lambda_function`; null in a bucket
                /// without versions.
                pub s3_object_version: Attr<String> = computed(),
                /// When it was published, in RFC 3339.
                pub published_at: Attr<String> = computed(),
            }
        }
    };
}

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
        /// Where releases lie. Credentials, region and endpoint are those that the AWS SDKs find
        /// in the environment.
        pub store: Attr<StoreModel> = required().requires_replace(),
        /// How many releases stay: older ones are deleted when one is published. All stay where
        /// this is not set.
        pub retain: Attr<i64> = optional().validate(between(1..=10_000)),
        /// Whether the releases stay in the store when this resource is destroyed, which others
        /// may have installed. `false` deletes every release of this name and architecture.
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
        /// Where releases lie. Credentials, region and endpoint are those that the AWS SDKs find
        /// in the environment.
        pub store: Attr<StoreModel> = required(),
        /// The version that was found.
        pub version: Attr<String> = computed(),
    }
}

/// Sets what both models say of a release.
macro_rules! set_release {
    ($model:expr, $release:expr) => {{
        let (model, release) = ($model, $release);
        let (version, fingerprint) = (release.version.to_string(), &release.fingerprint);
        model.build = format!("{version}+{}", fingerprint.short()).into();
        model.version = version.into();
        model.source_code_hash = release.zip.sha256.base64().into();
        model.sha256 = release.zip.sha256.hex().into();
        model.size = release.zip.size.into();
        model.source_fingerprint = fingerprint.as_str().into();
        model.runtime = release.runtime.clone().into();
        model.handler = release.handler.clone().into();
        model.s3_bucket = release.zip.bucket.clone().into();
        model.s3_key = release.zip.key.clone().into();
        model.s3_object_version = release.zip.version.clone().into();
        model.published_at = release.published_at.clone().into();
    }};
}

impl ReleaseModel {
    /// Whether this is a publication of the same contents under the same version at the same
    /// place as in `prior`.
    pub fn is_published_as(&self, prior: &Self) -> bool {
        self.name == prior.name
            && self.store == prior.store
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

impl ReleaseQuery {
    /// Sets what a release is.
    pub fn set(&mut self, release: &Release) {
        set_release!(self, release);
    }
}

/// Versions as Terraform lists them.
pub(crate) fn texts(versions: &[Version]) -> Attr<Vec<String>> {
    let texts: Vec<_> = versions.iter().map(Version::to_string).collect();
    texts.into()
}

/// Reads an architecture that a schema has let through.
pub(crate) fn architecture(name: &str) -> Result<Architecture> {
    Ok(Architecture::from_str(name)?)
}

/// The name becomes a part of keys, where a slash would make another folder.
fn function_name() -> Validator {
    let description = "must be 1 to 100 letters, digits, `_` and `-`";
    Validator::new(description, |name: &String| {
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if (1..=100).contains(&name.len()) && name.chars().all(letters) {
            return Ok(());
        }
        Err(format!(
            "must be 1 to 100 letters, digits, \"_\" and \"-\", and is {name:?}"
        ))
    })
}
