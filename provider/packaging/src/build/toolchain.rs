//! The Rust toolchain and cross-compiler of this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::error::{Error, Result};
use crate::request::{Architecture, Compiler, Runtime};

/// How to get cargo and rustc.
const INSTALL_RUST: &str =
    "Install Rust from https://rustup.rs, or use a package that is built already (`binary_path`)";

/// Variables of the caller's shell that would change the binary without being declared. `CARGO` and
/// `RUSTC…` are here because cargo sets them for the programs that it runs, and those may run this.
const UNDECLARED: [&str; 8] = [
    "CARGO",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTFLAGS",
];

/// A program of the toolchain, in the workspace's folder (where rustup reads
/// `rust-toolchain.toml`), with nothing of the caller's environment that would change the binary,
/// and with what the request declares.
pub(crate) fn command(
    program: &str,
    workspace_root: &Path,
    declared: &BTreeMap<String, String>,
    pinned: bool,
) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(program);
    command.current_dir(workspace_root).stdin(Stdio::null());
    for name in UNDECLARED {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PROFILE_")
            || (text.starts_with("CARGO_TARGET_") && text.ends_with("_RUSTFLAGS"))
        {
            command.env_remove(&name);
        }
    }
    if pinned {
        // Set by a cargo that runs this program; it would override the workspace's own toolchain
        // file.
        command.env_remove("RUSTUP_TOOLCHAIN");
    }
    command.envs(declared);
    command
}

/// What is known of the rustc that a build will use.
#[derive(Debug, Clone)]
pub(crate) struct Rustc {
    pub sysroot: PathBuf,
    /// The commit of rust-lang/rust that it was built from.
    pub commit: Option<String>,
    /// What `rustc --version` prints.
    pub version: String,
}

impl Rustc {
    /// Asks rustc, and makes sure that it has the target's standard library.
    pub async fn find(
        workspace_root: &Path,
        declared: &BTreeMap<String, String>,
        pinned: bool,
        architecture: Architecture,
    ) -> Result<Self> {
        let program = declared.get("RUSTC").map_or("rustc", String::as_str);
        let ask = async |args: &[&str]| {
            let mut rustc = command(program, workspace_root, declared, pinned);
            ask(rustc.args(args), INSTALL_RUST).await
        };
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"]).await?);
        let verbose = ask(&["--version", "--verbose"]).await?;
        let target = architecture.target();
        if !sysroot
            .join("lib/rustlib")
            .join(target)
            .join("lib")
            .is_dir()
        {
            return Err(Error::TargetMissing {
                target: target.to_owned(),
                sysroot,
            });
        }
        let commit = verbose
            .lines()
            .find_map(|line| line.strip_prefix("commit-hash: "))
            .filter(|hash| *hash != "unknown");
        let version = verbose.lines().next().unwrap_or_default().to_owned();
        Ok(Self {
            sysroot,
            commit: commit.map(str::to_owned),
            version,
        })
    }
}

/// Runs a program that prints an answer and ends.
async fn ask(command: &mut tokio::process::Command, remedy: &str) -> Result<String> {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let missing = |reason: &dyn std::fmt::Display| tool_missing(&program, reason, remedy);
    // Some programs follow an error with a backtrace.
    let output = command
        .env_remove("RUST_BACKTRACE")
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.map_err(|error| missing(&error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines = errors
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    Err(missing(&lines.collect::<Vec<_>>().join(" ")))
}

pub(crate) fn tool_missing(tool: &str, reason: &dyn std::fmt::Display, remedy: &str) -> Error {
    Error::ToolMissing {
        tool: tool.to_owned(),
        reason: reason.to_string(),
        remedy: remedy.to_owned(),
    }
}

/// What drives a compilation, once `auto` is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    Cargo,
    Zigbuild,
}

impl Driver {
    /// Chooses for a target. Plain cargo links with the machine's own linker and C library, so it
    /// fits only Linux on the same processor; and only the newer runtime's C library is as new as
    /// those that developers' machines have.
    pub fn choose(
        compiler: Compiler,
        architecture: Architecture,
        runtime: Runtime,
    ) -> Result<Self> {
        let native = cfg!(target_os = "linux") && Architecture::of_host() == Some(architecture);
        match compiler {
            Compiler::Zigbuild => Ok(Self::Zigbuild),
            Compiler::Cargo if native => Ok(Self::Cargo),
            Compiler::Cargo => Err(Error::CannotCross {
                target: architecture.target().to_owned(),
            }),
            Compiler::Auto if native && runtime == Runtime::ProvidedAl2023 => Ok(Self::Cargo),
            Compiler::Auto => Ok(Self::Zigbuild),
        }
    }

    /// Makes sure that the driver is installed.
    pub async fn check(
        self,
        workspace_root: &Path,
        declared: &BTreeMap<String, String>,
    ) -> Result<()> {
        let (program, args, remedy): (_, &[&str], _) = match self {
            Self::Cargo => ("cargo", &["--version"], INSTALL_RUST),
            // Asks zig as well, which is another program.
            Self::Zigbuild => (
                "cargo-zigbuild",
                &["zig", "cc", "--", "--version"],
                "Install it and zig: `pip install cargo-zigbuild` brings both; `cargo install cargo-zigbuild` needs zig beside it",
            ),
        };
        let mut driver = command(program, workspace_root, declared, false);
        ask(driver.args(args), remedy).await.map(drop)
    }

    /// The cargo subcommand.
    pub fn subcommand(self) -> &'static str {
        match self {
            Self::Cargo => "build",
            Self::Zigbuild => "zigbuild",
        }
    }

    /// The `--target` argument; `cargo zigbuild` takes the glibc version as a suffix.
    pub fn target(self, architecture: Architecture, runtime: Runtime) -> String {
        let (major, minor) = runtime.glibc();
        match self {
            Self::Cargo => architecture.target().to_owned(),
            Self::Zigbuild => format!("{}.{major}.{minor}", architecture.target()),
        }
    }
}
