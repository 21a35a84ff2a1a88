//! The Rust toolchain and cross-compiler of this machine.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::build::process;
use crate::cache;
use crate::error::{Error, Result};
use crate::plan::settings::Settings;
use crate::plan::toolchain;
use crate::request::{Architecture, Compiler, Runtime};

/// How to get cargo and rustc.
const INSTALL_RUST: &str =
    "Install Rust from https://rustup.rs, or use a package that is built already (`binary_path`)";

/// How to get the cross-compiler.
const INSTALL_ZIG: &str = "Install it and zig: `pip install cargo-zigbuild` brings both; `cargo install cargo-zigbuild` needs zig beside it";

/// How to get what rustc links with.
const INSTALL_LINKER: &str =
    "Install a C compiler, such as Debian's and Ubuntu's package `gcc`, which rustc links with";

/// A program of the toolchain, with the whole environment that the plan gives it and nothing of the
/// caller's. It runs where no file of another workspace or user is above it.
pub(crate) fn command(program: &str, settings: &Settings) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(settings.variables())
        .current_dir("/");
    command
}

/// What a build needs of this machine.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    pub driver: Driver,
    pub rustc: Rustc,
}

impl Toolchain {
    /// Looks for every tool, and names all that are missing.
    pub async fn find(settings: &Settings) -> Result<Self> {
        let driver = Driver::choose(settings.compiler, settings.architecture, settings.runtime)?;
        let rustc = Rustc::find(settings).await;
        let found = match &rustc {
            Ok(rustc) => rustc
                .check_release(settings)
                .and_then(|()| rustc.check_target(settings.architecture)),
            Err(error) => Err(error.clone()),
        };
        let mut checks = vec![found];
        for tool in driver.tools(settings) {
            let mut program = command(tool.program, settings);
            checks.push(
                ask(program.args(tool.arguments), tool.remedy)
                    .await
                    .map(drop),
            );
        }
        let mut missing: Vec<_> = checks.into_iter().filter_map(Result::err).collect();
        match (rustc, missing.len()) {
            (Ok(rustc), 0) => Ok(Self { driver, rustc }),
            (Err(error), 0) => Err(error),
            (_, 1) => Err(missing.remove(0)),
            _ => Err(Error::ToolsMissing { missing }),
        }
    }
}

/// What is known of the rustc that a build will use.
#[derive(Debug, Clone)]
pub(crate) struct Rustc {
    pub sysroot: PathBuf,
    /// The commit of rust-lang/rust that it was built from.
    pub commit: Option<String>,
    /// The target that it runs on itself.
    pub host: String,
    /// Its version, as a toolchain file has it.
    pub release: String,
    /// What `rustc --version` prints.
    pub version: String,
}

impl Rustc {
    /// Asks rustc where it is and which it is. Rustup reads a copy of the workspace's toolchain file
    /// for that, and installs what it names: in the workspace itself, a file of a folder above or
    /// an override of this machine would count, too.
    async fn find(settings: &Settings) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(Error::write(&std::env::temp_dir()))?;
        if let Some(file) = &settings.toolchain {
            cache::replace(
                &folder.path().join("rust-toolchain"),
                file.as_bytes(),
                0o644,
            )?;
        }
        // A folder of a toolchain may be relative to the file, and so is named by the variable.
        let by_file = settings.toolchain.is_some()
            && !settings.environment.contains_key("RUSTUP_TOOLCHAIN")
            && settings
                .toolchain_name()
                .is_none_or(|name| Path::new(&name).is_relative());
        let program = settings.variables().remove("RUSTC");
        let program = program.map_or_else(
            || "rustc".to_owned(),
            |path| path.to_string_lossy().into_owned(),
        );
        let ask = async |args: &[&str]| {
            let mut rustc = command(&program, settings);
            if by_file {
                rustc
                    .current_dir(folder.path())
                    .env_remove("RUSTUP_TOOLCHAIN");
            }
            ask(rustc.args(args), INSTALL_RUST).await
        };
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"]).await?);
        let verbose = ask(&["--version", "--verbose"]).await?;
        let field = |name: &str| {
            let value = verbose.lines().find_map(|line| line.strip_prefix(name));
            value.filter(|value| *value != "unknown").map(str::to_owned)
        };
        Ok(Self {
            sysroot,
            commit: field("commit-hash: "),
            host: field("host: ").unwrap_or_default(),
            release: field("release: ").unwrap_or_default(),
            version: verbose.lines().next().unwrap_or_default().to_owned(),
        })
    }

    /// Fails where the workspace names another version: without rustup, nothing reads its file.
    fn check_release(&self, settings: &Settings) -> Result<()> {
        let chosen = ["CARGO_BUILD_RUSTC", "RUSTC", "RUSTUP_TOOLCHAIN"];
        if chosen
            .iter()
            .any(|name| settings.environment.contains_key(*name))
        {
            return Ok(());
        }
        let name = settings.toolchain_name();
        let Some(wanted) = name.as_deref().and_then(toolchain::release) else {
            return Ok(());
        };
        let rest = self.release.strip_prefix(wanted);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-'])) {
            return Ok(());
        }
        Err(Error::CompilerMismatch {
            wanted: wanted.to_owned(),
            found: self.version.clone(),
        })
    }

    /// Makes sure that the target's standard library is there.
    fn check_target(&self, architecture: Architecture) -> Result<()> {
        let target = architecture.target();
        let libraries = self.sysroot.join("lib/rustlib").join(target).join("lib");
        if libraries.is_dir() {
            return Ok(());
        }
        Err(Error::TargetMissing {
            target: target.to_owned(),
            sysroot: self.sysroot.clone(),
        })
    }
}

/// Runs a program that prints an answer and ends.
async fn ask(command: &mut Command, remedy: &str) -> Result<String> {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let (mut answer, mut errors) = (String::new(), Vec::new());
    let on_output = |line: &str| answer.extend([line, "\n"]);
    let on_error = |line: &str| errors.push(line.trim().to_owned());
    let status = process::run(command, on_output, on_error).await;
    if status
        .map_err(|error| tool_missing(&program, &error, remedy))?
        .success()
    {
        return Ok(answer.trim().to_owned());
    }
    errors.retain(|line| !line.is_empty());
    Err(tool_missing(&program, &errors.join(" "), remedy))
}

pub(crate) fn tool_missing(tool: &str, reason: &dyn std::fmt::Display, remedy: &str) -> Error {
    Error::ToolMissing {
        tool: tool.to_owned(),
        reason: reason.to_string(),
        remedy: remedy.to_owned(),
    }
}

/// A program, and how to see whether it is there.
struct Tool {
    program: &'static str,
    arguments: &'static [&'static str],
    remedy: &'static str,
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

    /// The programs that it needs, each with arguments that change nothing.
    fn tools(self, settings: &Settings) -> Vec<Tool> {
        let mut tools = vec![Tool {
            program: "cargo",
            arguments: &["--version"],
            remedy: INSTALL_RUST,
        }];
        match self {
            Self::Cargo if settings.names_linker() => (),
            Self::Cargo => tools.push(Tool {
                program: "cc",
                arguments: &["--version"],
                remedy: INSTALL_LINKER,
            }),
            // Asks zig as well, which is another program.
            Self::Zigbuild => tools.push(Tool {
                program: "cargo-zigbuild",
                arguments: &["zig", "cc", "--", "--version"],
                remedy: INSTALL_ZIG,
            }),
        }
        tools
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
