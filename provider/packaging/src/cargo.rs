//! Compiles one binary with cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::process;
use crate::progress::Progress;
use crate::request::{Architecture, Compiler, Runtime};
use crate::rustflags;
use crate::toolchain::{Driver, Rustc, command, tool_missing};
use crate::{Error, Result};

/// The time that build scripts are told it is, in seconds since 1970: 1980-01-01, where the calendar of zip files begins.
const SOURCE_DATE_EPOCH: &str = "315532800";

/// One compilation.
#[derive(Debug, Clone)]
pub(crate) struct Compilation {
    pub workspace_root: PathBuf,
    /// Whether there is a lock file, which cargo then must not change.
    pub locked: bool,
    /// Whether the workspace names its toolchain.
    pub pinned: bool,
    pub package: String,
    pub version: String,
    pub binary: String,
    pub profile: String,
    pub features: BTreeSet<String>,
    pub default_features: bool,
    pub environment: BTreeMap<String, String>,
    pub compiler: Compiler,
    pub architecture: Architecture,
    pub runtime: Runtime,
    /// What the workspace's own configuration says.
    pub rustflags: Vec<String>,
}

/// What a compilation gives.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub executable: Vec<u8>,
    /// What `rustc --version` prints.
    pub rustc: String,
}

impl Compilation {
    /// Compiles, and reads the executable. Dropping the future ends cargo and everything it started.
    pub async fn run(&self) -> Result<Compiled> {
        let driver = Driver::choose(self.compiler, self.architecture, self.runtime)?;
        driver
            .check(&self.workspace_root, &self.environment)
            .await?;
        let rustc = Rustc::find(
            &self.workspace_root,
            &self.environment,
            self.pinned,
            self.architecture,
        )
        .await?;
        let target_dir = self.target_dir().await?;
        if self.locked {
            self.fetch().await?;
        }
        let executable = self.build(driver, &rustc, &target_dir).await?;
        let executable = std::fs::read(&executable).map_err(Error::read(&executable))?;
        Ok(Compiled {
            executable,
            rustc: rustc.version,
        })
    }

    fn cargo(&self) -> tokio::process::Command {
        command(
            "cargo",
            &self.workspace_root,
            &self.environment,
            self.pinned,
        )
    }

    /// Cargo's target folder, by `CARGO_TARGET_DIR`, configuration or default.
    async fn target_dir(&self) -> Result<PathBuf> {
        #[derive(Deserialize)]
        struct Metadata {
            target_directory: PathBuf,
        }
        let mut cargo = self.cargo();
        cargo.args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ]);
        let (mut json, mut progress) = (String::new(), Progress::new(&self.binary));
        let status = process::run(
            &mut cargo,
            |line| json.push_str(line),
            |line| progress.line(line),
        )
        .await;
        self.succeeded(status, &progress)?;
        let metadata: Metadata =
            serde_json::from_str(&json).map_err(Error::unparseable(Path::new("cargo metadata")))?;
        Ok(metadata.target_directory)
    }

    /// Downloads what is locked. The folders of the registries exist from here on, so that they can be kept out of the binary.
    async fn fetch(&self) -> Result<()> {
        let mut cargo = self.cargo();
        cargo.args(["fetch", "--locked", "--target", self.architecture.target()]);
        let mut progress = Progress::new(&self.binary);
        let status = process::run(&mut cargo, |_| (), |line| progress.line(line)).await;
        self.succeeded(status, &progress)
    }

    async fn build(&self, driver: Driver, rustc: &Rustc, target_dir: &Path) -> Result<PathBuf> {
        let mut flags = self.rustflags.clone();
        flags.extend(rustflags::remap(&self.workspace_root, target_dir, rustc)?);
        let mut cargo = self.cargo();
        cargo
            .args(self.arguments(driver))
            // This variable and no `--config`: it replaces the flags of this machine's own configuration.
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "120");
        if !self.environment.contains_key("SOURCE_DATE_EPOCH") {
            cargo.env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
        }
        let (mut executable, mut progress) = (None, Progress::new(&self.binary));
        tracing::info!(
            name = self.binary,
            target = self.architecture.target(),
            profile = self.profile,
            "compiling {}",
            self.binary
        );
        let on_message =
            |line: &str| executable = executable_of(line, &self.binary).or(executable.take());
        let status = process::run(&mut cargo, on_message, |line| progress.line(line)).await;
        self.succeeded(status, &progress)?;
        executable.ok_or_else(|| Error::Compilation {
            rendered: format!("cargo built `{}` and named no executable", self.binary),
        })
    }

    fn arguments(&self, driver: Driver) -> Vec<String> {
        let mut arguments = vec![
            driver.subcommand().to_owned(),
            "--message-format=json-render-diagnostics".to_owned(),
            format!("--package={}@{}", self.package, self.version),
            format!("--bin={}", self.binary),
            format!("--profile={}", self.profile),
            // Always, also for the machine's own: then these flags do not apply to build scripts and procedural macros, and
            // the folder is another than that of a plain `cargo build`, so that neither makes the other compile anew.
            format!(
                "--target={}",
                driver.target(self.architecture, self.runtime)
            ),
        ];
        if self.locked {
            arguments.push("--locked".to_owned());
        }
        if !self.default_features {
            arguments.push("--no-default-features".to_owned());
        }
        for feature in &self.features {
            arguments.push(format!("--features={}/{feature}", self.package));
        }
        arguments
    }

    fn succeeded(
        &self,
        status: std::io::Result<std::process::ExitStatus>,
        progress: &Progress,
    ) -> Result<()> {
        let status = status.map_err(|error| tool_missing("cargo", &error, ""))?;
        if status.success() {
            return Ok(());
        }
        let errors = progress.errors();
        let rendered = if errors.is_empty() {
            format!("cargo ended with {status} and said nothing")
        } else {
            errors
        };
        Err(Error::Compilation { rendered })
    }
}

/// The path of the executable, where one of cargo's JSON messages announces it.
fn executable_of(message: &str, binary: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        target: Option<Target>,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
        kind: Vec<String>,
    }
    let message: Message = serde_json::from_str(message).ok()?;
    let target = message.target?;
    let announced = message.reason == "compiler-artifact"
        && target.name == binary
        && target.kind.iter().any(|kind| kind == "bin");
    message.executable.filter(|_| announced)
}
