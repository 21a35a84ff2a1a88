//! One package from request to zip.

mod contents;

use std::path::{Path, PathBuf};

use crate::build::builder::Builder;
use crate::build::depinfo;
use crate::build::inspect;
use crate::build::toolchain::Toolchain;
use crate::checksum::Checksum;
use crate::error::{Error, Refusal, Result};
use crate::outcome::{BuildOutcome, Unpinned};
use crate::plan::fingerprint::{Fingerprint, Inputs};
use crate::plan::settings::Settings;
use crate::plan::{self, BuildPlan, Executable, Origin, toolchain};
use crate::request::{Compiler, Request};
use crate::store::artifacts::Store;
use crate::store::local::{self, Artifact, ArtifactId};
use crate::store::s3::Stored;
use crate::workspace::untracked::UntrackedInput;
use crate::zip_manifest;

/// How many changed inputs are logged at level INFO. At level DEBUG all are.
const LOGGED: usize = 10;

/// What to do about untracked files.
const MOVE_FILES: &str = "Move the files into a package, and out of .gitignore.";

/// A request whose sources are read and whose fingerprint is known.
#[derive(Debug, Clone)]
pub struct Package {
    request: Request,
    plan: BuildPlan,
    name: String,
    inputs: Inputs,
    fingerprint: Fingerprint,
}

/// How a zip reaches Lambda, which takes smaller ones directly than from S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deployment {
    Direct,
    S3,
}

impl Package {
    /// Reads what the request names, and gives its fingerprint. Compiles nothing and starts no
    /// process.
    pub fn resolve(request: Request) -> Result<Self> {
        let plan = plan::resolve(&request)?;
        let (name, inputs) = (plan.name(), plan.inputs()?);
        let fingerprint = inputs.fingerprint();
        tracing::debug!(name, %fingerprint, "resolved");
        Ok(Self {
            request,
            plan,
            name,
            inputs,
            fingerprint,
        })
    }

    /// Looks for the tools that a compilation needs, and names all that are missing.
    pub async fn check_tools(&self) -> Result<()> {
        match &self.plan.origin {
            Origin::Cargo(plan) => Toolchain::find(&plan.settings).await.map(drop),
            Origin::Executable(_) => Ok(()),
        }
    }

    /// Names the files and settings by which the fingerprint differs from that of the zip that was
    /// last written into `folder`. None where there is no earlier zip.
    pub fn differences(&self, folder: &Path) -> Option<Vec<String>> {
        let earlier = zip_manifest::earlier_inputs(folder, self.id())?;
        Some(self.inputs.differences(&earlier))
    }

    /// The binary's name, or the executable's file name without its ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version in the package's manifest; none for an executable.
    pub fn version(&self) -> Option<&str> {
        match &self.plan.origin {
            Origin::Cargo(plan) => Some(&plan.binary.version),
            Origin::Executable(_) => None,
        }
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
        self.version().map_or_else(
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
    ) -> Result<BuildOutcome<Stored>> {
        let made = match (store.find(self.id()).await?, self.find(folder)) {
            (Some(stored), _) if store.verifies() => {
                let made = self.compile(folder, builder, Deployment::S3).await?;
                store.compare(&stored, &made.zip)?;
                made.map(|_| stored)
            }
            (Some(stored), _) => BuildOutcome::found(stored),
            (None, Some(artifact)) => {
                self.check_compiler()?;
                self.check_tracked(zip_manifest::untracked(&artifact.file), MOVE_FILES)?;
                BuildOutcome::found(store.put(self.id(), &artifact).await?)
            }
            (None, None) => {
                store.expect_writable(self.id())?;
                self.check_compiler()?;
                let made = self.compile(folder, builder, Deployment::S3).await?;
                let stored = store.put(self.id(), &made.zip).await?;
                made.map(|_| stored)
            }
        };
        let artifact = match self.find(folder) {
            Some(found) if found.sha256 == made.zip.sha256 => found,
            _ => {
                // Which rustc compiled it is not known any more.
                let describe = |zip: &Stored| self.manifest((zip.size, zip.sha256), None, &[]);
                let fetched = store.fetch(self.id(), &made.zip, folder, describe);
                fetched.await?
            }
        };
        store.describe(self.id(), &artifact).await?;
        Ok(made)
    }

    /// Puts the artifact into `folder`, by compiling if it is not there.
    pub async fn make(&self, folder: &Path, builder: &Builder) -> Result<BuildOutcome<Artifact>> {
        let Some(artifact) = self.find(folder) else {
            return self.compile(folder, builder, Deployment::Direct).await;
        };
        inspect::zipped_size(&self.name, artifact.size)?;
        Ok(BuildOutcome::found(artifact))
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
    ) -> Result<BuildOutcome<Artifact>> {
        let made = self.compile_as_asked(folder, builder, deployment).await;
        let (Err(refused @ Error::Refused(Refusal::GlibcTooNew { .. })), Some(other)) =
            (&made, self.with_zigbuild())
        else {
            return made;
        };
        tracing::info!("compiling again with zigbuild, for an older glibc than this machine's");
        match other.compile_as_asked(folder, builder, deployment).await {
            Err(Error::ToolMissing { .. } | Error::ToolsMissing { .. }) => Err(refused.clone()),
            again => again,
        }
    }

    /// The same, compiled by zigbuild, if that is left open.
    fn with_zigbuild(&self) -> Option<Self> {
        let mut other = self.clone();
        match &mut other.plan.origin {
            Origin::Cargo(plan) if plan.settings.compiler == Compiler::Auto => {
                plan.settings.compiler = Compiler::Zigbuild;
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
    ) -> Result<BuildOutcome<Artifact>> {
        self.log_differences(folder);
        let (executable, used, untracked) = match &self.plan.origin {
            Origin::Cargo(plan) => {
                let compiled = builder.compile(&plan.settings, &plan.binary).await?;
                let untracked = depinfo::untracked(&compiled.read, &plan.known, &compiled.folder);
                let untracked = untracked.into_iter().map(|path| plan.untracked(path));
                let untracked: Vec<_> = untracked.collect();
                (compiled.executable, Some(compiled.used), untracked)
            }
            Origin::Executable(Executable { path, .. }) => {
                let executable = std::fs::read(path).map_err(Error::read(path))?;
                (executable, None, Vec::new())
            }
        };
        if deployment == Deployment::S3 {
            let names = untracked.iter().map(UntrackedInput::to_string);
            self.check_tracked(names.collect(), MOVE_FILES)?;
        }
        let package = self.clone();
        let zip = tokio::task::spawn_blocking(move || package.zip(executable, deployment))
            .await
            .map_err(std::io::Error::from);
        let zip = zip.map_err(Error::write(&self.file(folder)))??;
        let measure = (zip.len() as u64, Checksum::of(&zip));
        let manifest = self.manifest(measure, used.as_ref(), &untracked);
        let zip = local::write(folder, self.id(), &zip, &manifest)?;
        Ok(BuildOutcome {
            zip,
            untracked,
            unpinned: used.and_then(|used| self.unpinned(used.rustc.release)),
            ineffective: self.ineffective(),
        })
    }

    /// Logs the files and settings by which the fingerprint differs from that of the zip that was
    /// last written into `folder`: some at level INFO, all at DEBUG.
    pub fn log_differences(&self, folder: &Path) {
        let Some(differences) = self.differences(folder) else {
            return;
        };
        for difference in &differences {
            tracing::debug!(name = self.name, "changed: {difference}");
        }
        let (first, more) = differences.split_at(differences.len().min(LOGGED));
        let more = if more.is_empty() {
            String::new()
        } else {
            format!(" and {} more", more.len())
        };
        tracing::info!(
            name = self.name,
            "changed since the last zip: {}{more}",
            first.join(", ")
        );
    }

    fn check_compiler(&self) -> Result<()> {
        let replaced = self.plan.replaced_compilers().to_vec();
        self.check_tracked(
            replaced,
            "Leave these settings out, and name the compiler in rust-toolchain.toml.",
        )
    }

    /// Refuses to publish what inputs have decided that other machines cannot know.
    fn check_tracked(&self, inputs: Vec<String>, remedy: &'static str) -> Result<()> {
        if inputs.is_empty() {
            return Ok(());
        }
        let name = self.name.clone();
        Err(Error::Untracked {
            name,
            inputs,
            remedy,
        })
    }

    /// The advice for a workspace that leaves the compiler open.
    fn ineffective(&self) -> Vec<PathBuf> {
        match &self.plan.origin {
            Origin::Cargo(plan) => plan.ineffective.clone(),
            Origin::Executable(_) => Vec::new(),
        }
    }

    fn unpinned(&self, version: String) -> Option<Unpinned> {
        let Origin::Cargo(plan) = &self.plan.origin else {
            return None;
        };
        let Settings {
            local, toolchain, ..
        } = &plan.settings;
        let name = toolchain
            .as_ref()
            .and_then(|file| toolchain::name(file, &local.workspace_root));
        if name.is_some_and(|name| toolchain::is_pinned(&name)) {
            return None;
        }
        let file = local.workspace_root.join("rust-toolchain.toml");
        Some(Unpinned { file, version })
    }
}
