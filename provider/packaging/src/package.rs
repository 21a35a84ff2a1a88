//! One package from request to zip.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::build::archive::{self, Entry};
use crate::build::builder::Builder;
use crate::build::depinfo;
use crate::build::inspect;
use crate::build::sbom::{self, Compilation};
use crate::checksum::Checksum;
use crate::error::{Error, Refusal, Result};
use crate::plan::assets::{self, Asset, BOOTSTRAP};
use crate::plan::fingerprint::{Fingerprint, Inputs};
use crate::plan::settings::{Binary, Settings};
use crate::plan::sources::{self, Resolved};
use crate::request::{Compiler, Request, Source};
use crate::store::artifacts::Store;
use crate::store::local::{self, Artifact, ArtifactId};
use crate::store::s3::Stored;
use crate::workspace::lockfile::Locked;

/// A request whose sources are read and whose fingerprint is known.
#[derive(Debug, Clone)]
pub struct Package {
    request: Request,
    name: String,
    version: Option<String>,
    fingerprint: Fingerprint,
    origin: Origin,
    assets: BTreeMap<String, Asset>,
    /// The locked packages that it is made of.
    components: Vec<Locked>,
}

/// How a zip reaches Lambda, which takes smaller ones directly than from S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deployment {
    Direct,
    S3,
}

/// What was made, and what is to be said of it.
#[derive(Debug, Clone)]
pub struct Made<T> {
    /// The zip, or where it is stored.
    pub zip: T,
    /// Files that were compiled in and that the fingerprint does not know, because they are
    /// outside of the packages or ignored by git: a change of these alone goes unnoticed.
    /// Empty where nothing was compiled.
    pub unnoticed: Vec<PathBuf>,
}

impl<T> Made<T> {
    /// Without a compilation.
    fn before(zip: T) -> Self {
        Self {
            zip,
            unnoticed: Vec::new(),
        }
    }

    fn with<U>(self, zip: U) -> Made<U> {
        Made {
            zip,
            unnoticed: self.unnoticed,
        }
    }
}

#[derive(Debug, Clone)]
enum Origin {
    Cargo(Box<Build>),
    Executable(PathBuf),
}

/// What cargo compiles.
#[derive(Debug, Clone)]
struct Build {
    settings: Settings,
    binary: Binary,
    /// The files that the fingerprint is over.
    files: BTreeSet<PathBuf>,
}

impl Package {
    /// Reads what the request names, and gives its fingerprint. Compiles nothing and starts no
    /// process.
    pub fn resolve(request: Request) -> Result<Self> {
        let mut inputs = Inputs::new();
        inputs.add("architecture", request.architecture.name(), b"");
        inputs.add("runtime", request.runtime.name(), b"");
        let mut components = Vec::new();
        let (name, version, origin) = match &request.source {
            Source::Cargo(build) => {
                let (architecture, runtime) = (request.architecture, request.runtime);
                let Resolved {
                    settings,
                    binary,
                    locked,
                    files,
                } = sources::resolve(build, architecture, runtime, &mut inputs)?;
                components = locked;
                let (name, version) = (binary.name.clone(), binary.version.clone());
                let build = Build {
                    settings,
                    binary,
                    files,
                };
                (name, Some(version), Origin::Cargo(Box::new(build)))
            }
            Source::Executable(path) => {
                let content = std::fs::read(path).map_err(Error::read(path))?;
                inputs.add("executable", "", &content);
                let name = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                (name, None, Origin::Executable(path.clone()))
            }
        };
        let assets = assets::collect(&request.assets)?;
        for (path, asset) in &assets {
            let kind = if asset.executable {
                "executable asset"
            } else {
                "asset"
            };
            inputs.add(
                kind,
                path,
                &std::fs::read(&asset.source).map_err(Error::read(&asset.source))?,
            );
        }
        let fingerprint = inputs.finish();
        tracing::debug!(name, %fingerprint, "resolved");
        Ok(Self {
            request,
            name,
            version,
            fingerprint,
            origin,
            assets,
            components,
        })
    }

    /// The binary's name, or the executable's file name without its ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version in the package's manifest; none for an executable.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The hash over everything that can change the zip.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The key of the artifact, on this disk and in a store.
    pub fn id(&self) -> ArtifactId<'_> {
        ArtifactId {
            name: &self.name,
            fingerprint: &self.fingerprint,
        }
    }

    /// What tells this build from every other: `<version>+<first 12 digits of the fingerprint>`, a
    /// semantic version with build metadata. An executable has no version, only those digits.
    pub fn build_id(&self) -> String {
        let digits = self.fingerprint.short();
        self.version.as_ref().map_or_else(
            || digits.to_owned(),
            |version| format!("{version}+{digits}"),
        )
    }

    /// The zip's place in `folder`, whether it is there or not.
    pub fn file(&self, folder: &Path) -> PathBuf {
        local::path(folder, self.id())
    }

    /// The artifact of this fingerprint, where it is in `folder` already.
    pub fn find(&self, folder: &Path) -> Option<Artifact> {
        local::find(folder, self.id())
    }

    /// Fails where the sources are no longer those of an earlier fingerprint.
    pub fn expect(&self, earlier: &Fingerprint) -> Result<()> {
        if self.fingerprint == *earlier {
            return Ok(());
        }
        Err(Error::SourcesChanged {
            name: self.name.clone(),
            expected: earlier.short().to_owned(),
            found: self.fingerprint.short().to_owned(),
        })
    }

    /// Puts the artifact into the store and into `folder`: from the store if it is there, otherwise
    /// by compiling. What is in the store binds every machine, also one whose toolchain gives other
    /// bytes.
    pub async fn publish(
        &self,
        folder: &Path,
        builder: &Builder,
        store: &Store,
    ) -> Result<Made<Stored>> {
        let made = match (store.find(self.id()).await?, self.find(folder)) {
            (Some(stored), _) => Made::before(stored),
            (None, Some(artifact)) => Made::before(store.put(self.id(), &artifact).await?),
            (None, None) => {
                let made = self.compile(folder, builder, Deployment::S3).await?;
                let stored = store.put(self.id(), &made.zip).await?;
                made.with(stored)
            }
        };
        let artifact = match self.find(folder) {
            Some(found) if found.sha256 == made.zip.sha256 => found,
            _ => {
                // Which rustc compiled it is not known any more.
                let describe = |zip: &[u8]| self.manifest(zip, None);
                let fetched = store.fetch(self.id(), &made.zip, folder, describe);
                fetched.await?
            }
        };
        store.describe(self.id(), &artifact).await?;
        Ok(made)
    }

    /// Puts the artifact into `folder`, by compiling if it is not there.
    pub async fn make(&self, folder: &Path, builder: &Builder) -> Result<Made<Artifact>> {
        let Some(artifact) = self.find(folder) else {
            return self.compile(folder, builder, Deployment::Direct).await;
        };
        inspect::zipped_size(&self.name, artifact.size)?;
        Ok(Made::before(artifact))
    }

    /// Compiles, inspects, and writes the zip into `folder`. Dropping the future ends the
    /// compilation and leaves no partial file behind.
    pub async fn build(&self, folder: &Path, builder: &Builder) -> Result<Artifact> {
        let made = self.compile(folder, builder, Deployment::Direct).await?;
        Ok(made.zip)
    }

    /// Compiles with what fits, and once more with zigbuild where this machine's glibc turns out to
    /// be too new for the runtime.
    async fn compile(
        &self,
        folder: &Path,
        builder: &Builder,
        deployment: Deployment,
    ) -> Result<Made<Artifact>> {
        let made = self.compile_as_asked(folder, builder, deployment).await;
        let (Err(refused @ Error::Refused(Refusal::GlibcTooNew { .. })), Some(other)) =
            (&made, self.with_zigbuild())
        else {
            return made;
        };
        tracing::info!("compiling again with zigbuild, for an older glibc than this machine's");
        match other.compile_as_asked(folder, builder, deployment).await {
            Err(Error::ToolMissing { .. }) => Err(refused.clone()),
            again => again,
        }
    }

    /// The same, compiled by zigbuild, if that is left open.
    fn with_zigbuild(&self) -> Option<Self> {
        let mut other = self.clone();
        match &mut other.origin {
            Origin::Cargo(build) if build.settings.compiler == Compiler::Auto => {
                build.settings.compiler = Compiler::Zigbuild;
                Some(other)
            }
            _ => None,
        }
    }

    async fn compile_as_asked(
        &self,
        folder: &Path,
        builder: &Builder,
        deployment: Deployment,
    ) -> Result<Made<Artifact>> {
        let (executable, used, unnoticed) = match &self.origin {
            Origin::Cargo(build) => {
                let compiled = builder.compile(&build.settings, &build.binary).await?;
                let (read, target_dir) = (&compiled.read, &compiled.target_dir);
                let unnoticed = depinfo::unnoticed(read, &build.files, target_dir);
                (compiled.executable, Some(compiled.used), unnoticed)
            }
            Origin::Executable(path) => {
                let executable = std::fs::read(path).map_err(Error::read(path))?;
                (executable, None, Vec::new())
            }
        };
        let package = self.clone();
        let zip = tokio::task::spawn_blocking(move || package.zip(executable, deployment))
            .await
            .map_err(std::io::Error::from);
        let zip = zip.map_err(Error::write(&self.file(folder)))??;
        let manifest = self.manifest(&zip, used.as_ref());
        let zip = local::write(folder, self.id(), &zip, &manifest)?;
        Ok(Made { zip, unnoticed })
    }

    /// What a zip was made of, in JSON. Where what its compilation used is not known any more, all
    /// that is locked is listed.
    fn manifest(&self, zip: &[u8], used: Option<&Compilation>) -> Vec<u8> {
        let locked = self.components.iter();
        let components = match used {
            Some(used) => used.components(locked),
            None => locked.collect(),
        };
        let manifest = serde_json::json!({
            "name": self.name,
            "version": self.version,
            "build": self.build_id(),
            "source_fingerprint": self.fingerprint.as_str(),
            "sha256": Checksum::of(zip).hex(),
            "size": zip.len(),
            "architecture": self.request.architecture.name(),
            "runtime": self.request.runtime.name(),
            "rustc": used.map(|used| &used.rustc),
            "sbom": sbom::sbom(&self.name, self.version(), &components),
        });
        manifest.to_string().into_bytes()
    }

    fn zip(&self, executable: Vec<u8>, deployment: Deployment) -> Result<Vec<u8>> {
        let paths: BTreeSet<&str> = self.assets.keys().map(String::as_str).collect();
        inspect::executable(
            &self.name,
            &executable,
            self.request.architecture,
            self.request.runtime,
            &paths,
        )?;
        let mut entries = BTreeMap::from([(
            BOOTSTRAP.to_owned(),
            Entry {
                content: executable,
                executable: true,
            },
        )]);
        for (path, asset) in &self.assets {
            let content = std::fs::read(&asset.source).map_err(Error::read(&asset.source))?;
            entries.insert(
                path.clone(),
                Entry {
                    content,
                    executable: asset.executable,
                },
            );
        }
        // A file that was saved while cargo ran may be in the binary or not. Then the fingerprint
        // would promise too much.
        Self::resolve(self.request.clone())?.expect(&self.fingerprint)?;
        inspect::unzipped_size(
            &self.name,
            entries
                .values()
                .map(|entry| entry.content.len() as u64)
                .sum(),
        )?;
        let zip = archive::zip(&entries)
            .map_err(|error| Error::write(Path::new(&self.name))(std::io::Error::other(error)))?;
        if deployment == Deployment::Direct {
            inspect::zipped_size(&self.name, zip.len() as u64)?;
        }
        Ok(zip)
    }
}
