//! Compiles binaries of one workspace with cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use serde::Deserialize;
use tokio::process::Command;

use crate::build::depinfo;
use crate::build::home;
use crate::build::process;
use crate::build::progress::Progress;
use crate::build::remap;
use crate::build::rustc_wrapper;
use crate::build::sbom::Compilation;
use crate::build::toolchain::{Toolchain, command, tool_missing};
use crate::error::{Error, Result};
use crate::plan::settings::{Binary, Places, Settings};

/// A compiled binary.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub executable: Vec<u8>,
    /// The files on this disk that were read for it.
    pub read: Vec<PathBuf>,
    /// Where everything was made.
    pub folder: PathBuf,
    pub used: Compilation,
}

/// The packages that a binary is made of, as cargo names them, each with its features.
pub(crate) type Packages = BTreeMap<String, BTreeSet<String>>;

/// Cargo, ready to compile in one workspace.
pub(crate) struct Cargo<'a> {
    settings: &'a Settings,
    toolchain: Toolchain,
    /// For everything that cargo makes.
    folder: PathBuf,
    home: PathBuf,
}

impl<'a> Cargo<'a> {
    /// Makes sure that the tools are there, and downloads what is locked. The caller holds the
    /// folder's lock.
    pub async fn prepare(settings: &'a Settings) -> Result<Self> {
        let toolchain = Toolchain::find(settings).await?;
        let folder = settings.folder()?;
        let home = home::write(&settings.local, &folder)?;
        let cargo = Self {
            settings,
            toolchain,
            folder,
            home,
        };
        if settings.locked {
            cargo.fetch().await?;
        }
        Ok(cargo)
    }

    /// Downloads what the target and this machine's own build scripts need. Nothing after this is
    /// given credentials, nor needs them.
    async fn fetch(&self) -> Result<String> {
        let target = self.settings.architecture.target();
        let mut command = self.command("fetch");
        command.envs(&self.settings.local.passed.fetching);
        command.args([
            "--locked",
            "--target",
            target,
            "--target",
            &self.toolchain.rustc.host,
        ]);
        self.run(&mut command).await
    }

    /// A subcommand with everything that all have in common.
    fn command(&self, subcommand: &str) -> Command {
        let mut command = command("cargo", self.settings);
        let manifest = self.settings.local.workspace_root.join("Cargo.toml");
        command
            .env("CARGO_HOME", &self.home)
            .arg(subcommand)
            .arg("--manifest-path")
            .arg(manifest);
        command
    }

    /// Runs a subcommand that compiles nothing, and gives its output.
    async fn run(&self, command: &mut Command) -> Result<String> {
        let (mut output, mut progress) = (String::new(), Progress::default());
        let on_output = |line: &str| output.extend([line, "\n"]);
        let status = process::run(command, on_output, |line| progress.line(line)).await;
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

    /// The packages that a binary is made of, each with the features that it has when nothing
    /// else is compiled along.
    pub async fn resolved(&self, binary: &Binary) -> Result<Packages> {
        let mut command = self.command("tree");
        command
            .args([
                "--offline",
                "--edges=normal,build",
                "--prefix=none",
                "--format={p}\t{f}",
            ])
            .args(self.settings.locked.then_some("--locked"))
            .arg(format!("--target={}", self.settings.architecture.target()))
            .arg(binary.spec())
            .args(binary.features())
            .args((!self.settings.default_features).then_some("--no-default-features"));
        let mut resolved = Packages::new();
        for line in self.run(&mut command).await?.lines() {
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
            folder: self.folder.clone(),
            used: Compilation {
                rustc: self.toolchain.rustc.clone(),
                packages: packages
                    .keys()
                    .filter_map(|id| name_and_version(id))
                    .collect(),
            },
        })
    }

    fn build_command(&self, binaries: &[&Binary]) -> Result<Command> {
        let (settings, driver) = (self.settings, self.toolchain.driver);
        let places: Places = binaries
            .iter()
            .flat_map(|binary| binary.places.clone())
            .collect();
        let remap = remap::flags(
            &settings.local,
            &places,
            &self.folder,
            &self.toolchain.rustc,
        )?;
        let flags = [settings.rustflags.as_slice(), &remap].concat();
        let mut command = self.command(driver.subcommand());
        command
            .arg("--offline")
            .arg("--target-dir")
            .arg(&self.folder)
            .arg("--message-format=json-render-diagnostics")
            // Always, also for the machine's own: then the flags do not apply to build scripts and
            // procedural macros.
            .arg(format!(
                "--target={}",
                driver.target(settings.architecture, settings.runtime)
            ))
            .args(settings.arguments())
            .args((binaries.len() > 1).then_some("--keep-going"))
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        for binary in binaries {
            command
                .arg(binary.spec())
                .arg(format!("--bin={}", binary.name))
                .args(binary.features());
        }
        if settings.outside {
            let inner = settings.wrapper();
            let wrapper = rustc_wrapper::wrapper(&self.folder, &places, inner.as_deref())?;
            command.env("RUSTC_WRAPPER", wrapper);
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
