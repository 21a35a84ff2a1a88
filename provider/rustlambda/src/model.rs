//! The arguments and results of `rustlambda_package`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use packaging::{
    Architecture, Artifact, CargoBuild, Checksum, Compiler, Request, Runtime, Source, Stored,
};
use tf_provider::model::Set;
use tf_provider::schema::{computed, non_empty, one_of, optional};
use tf_provider::{Attr, Result, model};

use rules::{environment, function_arns};

mod rules;
mod store;

pub use store::StoreModel;
pub(crate) use store::is_same_place;

/// Where zips lie if `output_dir` does not say otherwise: in Terraform's own folder, which version
/// control leaves out already, and relative, so that the path is the same on every machine.
const OUTPUT_DIR: &str = ".terraform/rustlambda";

model! {
    /// Compiles a Rust binary for AWS Lambda and packages it as a zip whose bytes are the same on
    /// every machine.
    ///
    /// Whether anything changes is decided by a fingerprint over the sources, which is taken at
    /// plan and without compiling. A fresh checkout of unchanged sources plans no change. After a
    /// change the zip's hash is known at plan if the zip is in the `store`.
    ///
    /// A saved plan applies on every machine that has the same sources. With others, Terraform
    /// refuses it and names `.source_fingerprint`.
    ///
    /// A fresh checkout has the state and no zip. `function_arns` or a `store` let it create a
    /// function all the same, one that was renamed or deleted for instance. To replace a function
    /// that exists, replace its package in the same apply: `terraform apply
    /// -replace=aws_lambda_function.hello -replace=rustlambda_package.hello`.
    pub struct Package {
        /// Path to the `Cargo.toml` of the function's package or of its workspace.
        pub manifest_path: Attr<String> = optional().exactly_one_of(["binary_path"]).validate(non_empty()),
        /// The cargo package. Needed where `manifest_path` is a workspace without a package of its
        /// own.
        pub package: Attr<String> = optional().conflicts_with(["binary_path"]),
        /// The binary. Needed where the package has several and no `default-run`.
        pub binary: Attr<String> = optional().conflicts_with(["binary_path"]),
        /// The function's processor: `x86_64` or `arm64`.
        pub architecture: Attr<String> = optional().default("x86_64").validate(one_of(["x86_64", "arm64"])),
        /// The Lambda runtime: `provided.al2023` or `provided.al2`. It decides which glibc the
        /// binary may need.
        pub runtime: Attr<String> = optional().default("provided.al2023").validate(one_of(["provided.al2023", "provided.al2"])),
        /// The cargo profile.
        pub profile: Attr<String> = optional().default("release").validate(non_empty()),
        /// Cargo features to turn on.
        pub features: Attr<Set<String>> = optional().conflicts_with(["binary_path"]),
        /// Whether the package's default features are on.
        pub default_features: Attr<bool> = optional().default(true),
        /// Environment variables for cargo, rustc and build scripts. They are part of the
        /// fingerprint; what the shell has set is not, and flags for rustc that are set there have
        /// no effect. Each set of values has a target folder of its own, which is removed after a
        /// week without use: a value that changes with every commit compiles everything again.
        /// Terraform hides the values where it shows a plan, and stores them in plan and state.
        pub environment: Attr<BTreeMap<String, String>> = optional().sensitive().conflicts_with(["binary_path"]).validate(environment()),
        /// What compiles: `cargo`, `zigbuild` (which cross-compiles, and links against the
        /// runtime's glibc), or `auto`, which takes cargo where this machine fits, and zigbuild
        /// where it does not or where its glibc turns out to be too new.
        pub compiler: Attr<String> = optional().default("auto").validate(one_of(["auto", "cargo", "zigbuild"])),
        /// Path to an executable that is built already, instead of `manifest_path`.
        pub binary_path: Attr<String> = optional().validate(non_empty()),
        /// Further files of the zip: path in the zip to file or folder on this disk.
        pub assets: Attr<BTreeMap<String, String>> = optional(),
        /// The folder for the zip. It is a cache: what is in it need not be kept. Destroying the
        /// package removes nothing, because another workspace of the same folder may share it; a
        /// zip that was not used for 30 days goes when another of the same name is written.
        pub output_dir: Attr<String> = optional().default(OUTPUT_DIR).validate(non_empty()),
        /// A place in S3 for zips, as `<prefix>/<name>/<fingerprint>.zip`, each with a manifest that
        /// lists what was compiled in. A machine
        /// that finds the zip of its sources there compiles nothing. Nothing there is ever
        /// overwritten. Who may write there can put code into production: see the guide
        /// [Trust](../guides/trust.md).
        pub store: Attr<StoreModel> = optional(),
        /// The ARNs of the Lambda functions that the zip is for. A fresh checkout has the state and no
        /// zip. Where no `store` keeps one either, a refresh asks Lambda for these functions
        /// (`lambda:GetFunctionConfiguration`): if one is gone, and also if another ARN is named,
        /// the same apply makes the zip and creates the function. Any other answer changes nothing.
        /// An ARN is built from the function's name, because the function itself needs the zip.
        pub function_arns: Attr<Set<String>> = optional().validate(function_arns()),
        /// Path of the zip, for `filename` of `aws_lambda_function`.
        pub filename: Attr<String> = computed(),
        /// SHA-256 of the zip in base64, for `source_code_hash` of `aws_lambda_function`.
        pub source_code_hash: Attr<String> = computed(),
        /// SHA-256 of the zip in hexadecimal digits.
        pub sha256: Attr<String> = computed(),
        /// Size of the zip in bytes.
        pub size: Attr<u64> = computed(),
        /// The hash over everything that can change the zip, in hexadecimal digits.
        pub source_fingerprint: Attr<String> = computed(),
        /// The version in the package's `Cargo.toml`; null with `binary_path`.
        pub version: Attr<String> = computed(),
        /// `<version>+<first 12 digits of the fingerprint>`; with `binary_path`, those digits alone.
        pub build: Attr<String> = computed(),
        /// The name of the executable in the zip, for `handler` of `aws_lambda_function`.
        pub handler: Attr<String> = computed(),
        /// The store's bucket, for `s3_bucket` of `aws_lambda_function`; null without a store.
        pub s3_bucket: Attr<String> = computed(),
        /// The zip's key in the store, for `s3_key` of `aws_lambda_function`; null without a store.
        pub s3_key: Attr<String> = computed(),
        /// The zip's version in the store, for `s3_object_version` of `aws_lambda_function`; null
        /// without a store and in a bucket without versions.
        pub s3_object_version: Attr<String> = computed(),
    }
}

impl Package {
    /// The folder for the zip.
    pub fn folder(&self) -> Result<PathBuf> {
        Ok(PathBuf::from(self.output_dir.get()?))
    }

    /// What the arguments ask for; nothing while one of them is unknown.
    pub fn request(&self) -> Result<Option<Request>> {
        if self.has_unknown_argument() {
            return Ok(None);
        }
        let source = match self.binary_path.as_str() {
            Some(path) => Source::Executable(path.into()),
            None => Source::Cargo(self.cargo_build()?),
        };
        let assets = self.assets.known().cloned().unwrap_or_default();
        Ok(Some(Request {
            source,
            architecture: Architecture::from_str(self.architecture.get()?)?,
            runtime: Runtime::from_str(self.runtime.get()?)?,
            assets: assets
                .into_iter()
                .map(|(path, file)| (path, PathBuf::from(file)))
                .collect(),
        }))
    }

    /// Whether the arguments of both ask for the same package.
    pub fn asks_as(&self, other: &Self) -> bool {
        let asked = self.request().ok().flatten();
        asked.is_some() && asked == other.request().ok().flatten()
    }

    fn cargo_build(&self) -> Result<CargoBuild> {
        Ok(CargoBuild {
            manifest: self.manifest_path.get()?.into(),
            package: self.package.known().cloned(),
            binary: self.binary.known().cloned(),
            profile: self.profile.get()?.clone(),
            features: self
                .features
                .known()
                .into_iter()
                .flat_map(|set| set.0.clone())
                .collect(),
            default_features: *self.default_features.get()?,
            environment: self.environment.known().cloned().unwrap_or_default(),
            compiler: Compiler::from_str(self.compiler.get()?)?,
        })
    }

    fn has_unknown_argument(&self) -> bool {
        let texts = [
            &self.manifest_path,
            &self.package,
            &self.binary,
            &self.architecture,
            &self.runtime,
            &self.profile,
            &self.compiler,
            &self.binary_path,
            &self.output_dir,
        ];
        texts.iter().any(|text| text.is_unknown())
            || self.features.is_unknown()
            || self.default_features.is_unknown()
            || self.environment.is_unknown()
            || self.assets.is_unknown()
            || self.has_unknown_store()
    }

    fn has_unknown_store(&self) -> bool {
        self.store.is_unknown() || self.store.known().is_some_and(StoreModel::has_unknown)
    }

    /// Nothing is known of the results.
    pub fn forget_results(&mut self) {
        (self.source_fingerprint, self.version) = (Attr::Unknown, Attr::Unknown);
        self.handler = BOOTSTRAP.into();
        self.forget_zip();
    }

    /// Sets the results that the sources alone decide. What is planned of them binds: Terraform
    /// refuses to apply a plan where the sources, and so the fingerprint, are others.
    pub fn describe(&mut self, package: &packaging::Package) {
        self.source_fingerprint = package.fingerprint().as_str().into();
        self.version = package.version().map(str::to_owned).into();
        self.handler = BOOTSTRAP.into();
    }

    /// Whether this state's zip is what `package` would write into `folder` and the same store, and
    /// is where the functions of the plan find it.
    pub fn has_zip_of(&self, package: &packaging::Package, folder: &Path, planned: &Self) -> bool {
        self.source_fingerprint.as_str() == Some(package.fingerprint().as_str())
            && self.filename.as_str() == Some(&*package.file(folder).to_string_lossy())
            && is_same_place(&self.store, &planned.store)
            && (self.store.known().is_some() || self.serves(planned))
    }

    /// Whether every function of the plan is one that this state was for already.
    fn serves(&self, planned: &Self) -> bool {
        let own = self.arns();
        !planned.function_arns.is_unknown() && planned.arns().iter().all(|arn| own.contains(arn))
    }

    /// Whether this state is of what is stored. A bucket may have got versions since.
    pub fn is_stored_as(&self, stored: &Stored) -> bool {
        let version = self.s3_object_version.as_str();
        self.sha256.as_str() == Some(stored.sha256.hex().as_str())
            && (version.is_none() || version == stored.version.as_deref())
    }

    /// The functions that the zip is for, as far as they are known.
    pub fn arns(&self) -> &[String] {
        self.function_arns.known().map_or(&[], |arns| &arns.0)
    }

    /// Takes the zip over from a state that has the same.
    pub fn take_zip(&mut self, other: &Self) {
        self.filename = other.filename.clone();
        self.build = other.build.clone();
        self.source_code_hash = other.source_code_hash.clone();
        self.sha256 = other.sha256.clone();
        self.size = other.size;
        self.s3_bucket = other.s3_bucket.clone();
        self.s3_key = other.s3_key.clone();
        self.s3_object_version = other.s3_object_version.clone();
    }

    /// Sets what is known of a zip that is there.
    pub fn set_zip(&mut self, package: &packaging::Package, folder: &Path, zip: &Zip) {
        self.filename = package.file(folder).to_string_lossy().into_owned().into();
        self.build = package.build_id().into();
        self.source_code_hash = zip.sha256.base64().into();
        self.sha256 = zip.sha256.hex().into();
        self.size = zip.size.into();
        let stored = zip.stored.as_ref();
        self.s3_bucket = stored.map(|stored| stored.bucket.clone()).into();
        self.s3_key = stored.map(|stored| stored.key.clone()).into();
        self.s3_object_version = stored.and_then(|stored| stored.version.clone()).into();
    }

    /// The zip is still to be made, or is on this disk only. Its name is as unknown as its hash, so
    /// that an expression that reads the file waits for it.
    pub fn forget_zip(&mut self) {
        (self.filename, self.build) = (Attr::Unknown, Attr::Unknown);
        (self.source_code_hash, self.sha256) = (Attr::Unknown, Attr::Unknown);
        self.size = Attr::Unknown;
        (self.s3_bucket, self.s3_key) = match &self.store {
            Attr::Null => (Attr::Null, Attr::Null),
            Attr::Known(store) => (store.bucket.clone(), Attr::Unknown),
            Attr::Unknown => (Attr::Unknown, Attr::Unknown),
        };
        self.s3_object_version = self.s3_key.clone();
    }
}

/// A zip that is on this disk, in the store, or both.
pub(crate) struct Zip {
    pub sha256: Checksum,
    pub size: u64,
    pub stored: Option<Stored>,
}

impl From<Artifact> for Zip {
    fn from(artifact: Artifact) -> Self {
        Self {
            sha256: artifact.sha256,
            size: artifact.size,
            stored: None,
        }
    }
}

impl From<Stored> for Zip {
    fn from(stored: Stored) -> Self {
        Self {
            sha256: stored.sha256,
            size: stored.size,
            stored: Some(stored),
        }
    }
}

/// The name that Lambda's provided runtimes start; what `handler` says does not matter to them.
const BOOTSTRAP: &str = "bootstrap";
