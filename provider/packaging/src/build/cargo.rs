//! Compiles binaries of one workspace with cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use serde::Deserialize;

use crate::build::depinfo;
use crate::build::process;
use crate::build::progress::Progress;
use crate::build::rustc_wrapper;
use crate::build::rustflags;
use crate::build::sbom::Compilation;
use crate::build::toolchain::{Driver, Rustc, command, tool_missing};
use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::plan::settings::{Binary, Places, Settings};

/// The time that build scripts are told it is, in seconds since 1970: 1980-01-01, where the
/// calendar of zip files begins.
const SOURCE_DATE_EPOCH: &str = "315532800";

/// A compiled binary.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub executable: Vec<u8>,
    /// The files on this disk that were read for it.
    pub read: Vec<PathBuf>,
    /// Where everything was made.
    pub target_dir: PathBuf,
    pub used: Compilation,
}

/// The packages that a binary is made of, as cargo names them, each with its features.
pub(crate) type Packages = BTreeMap<String, BTreeSet<String>>;

/// Cargo, ready to compile in one workspace.
pub(crate) struct Cargo<'a> {
    settings: &'a Settings,
    driver: Driver,
    rustc: Rustc,
    pub target_dir: PathBuf,
}

impl<'a> Cargo<'a> {
    /// Makes sure that the tools are there, and downloads what is locked.
    pub async fn prepare(settings: &'a Settings) -> Result<Self> {
        let Settings {
            workspace_root: root,
            environment,
            ..
        } = settings;
        let driver = Driver::choose(settings.compiler, settings.architecture, settings.runtime)?;
        driver.check(root, environment).await?;
        let rustc = Rustc::find(root, environment, settings.pinned, settings.architecture).await?;
        let mut cargo = Self {
            settings,
            driver,
            rustc,
            target_dir: PathBuf::new(),
        };
        cargo.target_dir = cargo.find_target_dir().await?;
        if settings.locked {
            // Also makes the registries' folders, whose names are to be kept out of the binary.
            let target = settings.architecture.target();
            cargo
                .run(&["fetch", "--locked", "--target", target])
                .await?;
        }
        Ok(cargo)
    }

    fn command(&self) -> tokio::process::Command {
        let Settings {
            workspace_root,
            environment,
            pinned,
            ..
        } = self.settings;
        command("cargo", workspace_root, environment, *pinned)
    }

    /// Runs a subcommand that compiles nothing, and gives its output.
    async fn run(&self, arguments: &[&str]) -> Result<String> {
        let (mut output, mut progress) = (String::new(), Progress::default());
        let on_output = |line: &str| output.extend([line, "\n"]);
        let mut command = self.command();
        command.args(arguments);
        let status = process::run(&mut command, on_output, |line| progress.line(line)).await;
        if status
            .map_err(|error| tool_missing("cargo", &error, ""))?
            .success()
        {
            return Ok(output);
        }
        Err(Error::Compilation {
            rendered: progress.errors(),
        })
    }

    /// Cargo's target folder, by `CARGO_TARGET_DIR`, configuration or default.
    ///
    /// In one that lies outside of the workspace, the workspace gets a folder of its own. Cargo
    /// numbers a workspace's packages by their places in it: of two checkouts that share a folder,
    /// the second would be compiled by the build scripts and procedural macros of the first, unless
    /// its own are younger.
    async fn find_target_dir(&self) -> Result<PathBuf> {
        #[derive(Deserialize)]
        struct Metadata {
            target_directory: PathBuf,
        }
        let json = self
            .run(&["metadata", "--no-deps", "--offline", "--format-version=1"])
            .await?;
        let metadata: Metadata =
            serde_json::from_str(&json).map_err(Error::unparseable(Path::new("cargo metadata")))?;
        let (root, shared) = (&self.settings.workspace_root, metadata.target_directory);
        if shared.starts_with(root) {
            return Ok(shared);
        }
        let root = Checksum::of(root.as_os_str().as_encoded_bytes()).hex();
        Ok(shared.join(format!("workspace-{}", &root[..12])))
    }

    /// The packages that a binary is made of, each with the features that it has when nothing
    /// else is compiled along.
    pub async fn resolved(&self, binary: &Binary) -> Result<Packages> {
        let spec = binary.spec();
        let features: Vec<_> = binary.features().collect();
        let target = format!("--target={}", self.settings.architecture.target());
        let mut arguments = vec![
            "tree",
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}\t{f}",
        ];
        arguments.extend([spec.as_str(), target.as_str()]);
        arguments.extend(features.iter().map(String::as_str));
        arguments.extend((!self.settings.default_features).then_some("--no-default-features"));
        let mut resolved = Packages::new();
        for line in self.run(&arguments).await?.lines() {
            let (package, features) = line
                .trim_end_matches(" (*)")
                .split_once('\t')
                .unwrap_or((line, ""));
            resolved
                .entry(package.to_owned())
                .or_default()
                .insert(features.to_owned());
        }
        Ok(resolved)
    }

    /// Compiles binaries in one cargo process, and reads them. Dropping the future ends cargo and
    /// everything it started.
    pub async fn compile(&self, group: &[(Binary, Packages)]) -> Result<Vec<Result<Compiled>>> {
        let binaries: Vec<_> = group.iter().map(|(binary, _)| binary).collect();
        let names: Vec<_> = binaries.iter().map(|binary| binary.name.as_str()).collect();
        let (mut executables, mut progress) = (BTreeMap::new(), Progress::default());
        let on_message = |line: &str| executables.extend(Executable::announced(line));
        let mut command = self.build_command(&binaries)?;
        tracing::info!(
            profile = self.settings.profile,
            "compiling {}",
            names.join(", ")
        );
        let status = process::run(&mut command, on_message, |line| progress.line(line)).await;
        let status = status.map_err(|error| tool_missing("cargo", &error, ""))?;
        // After an error, cargo still names the binaries that had none.
        let read = |(binary, packages): &(Binary, Packages)| match executables.get(&binary.name) {
            Some(path) => self.read(path, packages),
            None => Err(Error::Compilation {
                rendered: failure(status, &progress),
            }),
        };
        Ok(group.iter().map(read).collect())
    }

    fn read(&self, path: &Path, packages: &Packages) -> Result<Compiled> {
        let executable = std::fs::read(path).map_err(Error::read(path))?;
        Ok(Compiled {
            executable,
            read: depinfo::of_executable(path),
            target_dir: self.target_dir.clone(),
            used: Compilation {
                rustc: self.rustc.version.clone(),
                packages: packages
                    .keys()
                    .filter_map(|id| name_and_version(id))
                    .collect(),
            },
        })
    }

    fn build_command(&self, binaries: &[&Binary]) -> Result<tokio::process::Command> {
        let settings = self.settings;
        let places: Places = binaries
            .iter()
            .flat_map(|binary| binary.places.clone())
            .collect();
        let mut flags = settings.rustflags.clone();
        flags.extend(rustflags::remap(
            &settings.workspace_root,
            &places,
            &self.target_dir,
            &self.rustc,
            &settings.environment,
        )?);
        let mut command = self.command();
        command
            .arg(self.driver.subcommand())
            .arg("--target-dir")
            .arg(&self.target_dir)
            .arg("--message-format=json-render-diagnostics")
            .arg(format!("--profile={}", settings.profile))
            // Always, also for the machine's own: then the flags do not apply to build scripts and
            // procedural macros, and the folder is another than that of a plain `cargo build`, so
            // that neither makes the other compile anew.
            .arg(format!(
                "--target={}",
                self.driver.target(settings.architecture, settings.runtime)
            ))
            .args(settings.locked.then_some("--locked"))
            .args((!settings.default_features).then_some("--no-default-features"))
            .args((binaries.len() > 1).then_some("--keep-going"))
            // This variable and no `--config`: it replaces the flags of the machine's own
            // configuration.
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "120");
        for binary in binaries {
            command
                .arg(binary.spec())
                .arg(format!("--bin={}", binary.name))
                .args(binary.features());
        }
        if !places.is_empty() {
            let inner = std::env::var("RUSTC_WRAPPER").ok();
            let inner = settings.environment.get("RUSTC_WRAPPER").cloned().or(inner);
            let inner = inner.as_deref().filter(|inner| !inner.is_empty());
            let wrapper = rustc_wrapper::wrapper(&self.target_dir, &places, inner)?;
            command.env("RUSTC_WRAPPER", wrapper);
        }
        if !settings.environment.contains_key("SOURCE_DATE_EPOCH") {
            command.env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
        }
        Ok(command)
    }
}

/// Reads `serde v1.0.228 (proc-macro)`.
fn name_and_version(id: &str) -> Option<(String, String)> {
    let mut words = id.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    Some((name.to_owned(), version.to_owned()))
}

fn failure(status: ExitStatus, progress: &Progress) -> String {
    let errors = progress.errors();
    if errors.is_empty() {
        format!("cargo ended with {status} and said nothing")
    } else {
        errors
    }
}

/// One of cargo's JSON messages, as far as it announces an executable.
#[derive(Deserialize)]
struct Executable {
    reason: String,
    target: Target,
    executable: PathBuf,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Executable {
    /// The binary's name and the executable's path, if a message announces one.
    fn announced(message: &str) -> Option<(String, PathBuf)> {
        let message: Self = serde_json::from_str(message).ok()?;
        let is_binary = message.target.kind.iter().any(|kind| kind == "bin");
        let announced = message.reason == "compiler-artifact" && is_binary;
        announced.then_some((message.target.name, message.executable))
    }
}
