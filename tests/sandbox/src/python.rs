//! The virtual environment that holds the embedded AWS, pinned with hashes.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{Progress, process, project::Project, tool};

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// A complete virtual environment of the pinned requirements.
#[derive(Debug)]
pub struct Python {
    folder: PathBuf,
}

impl Python {
    /// Gives the environment of these requirements, made first if need be.
    ///
    /// Its name is the requirements' hash, so a change makes a new one. Two
    /// processes that come at once take turns; one that was interrupted is made anew.
    pub fn prepare(project: &Project, progress: Progress) -> Result<Self> {
        let digest = Sha256::digest(REQUIREMENTS);
        let name: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let folder = project.build(&format!("python-{name}"));
        let lock = File::create(project.build("python.lock"))?;
        lock.lock().context("cannot lock the Python environment")?;

        let python = Self { folder };
        let complete = python.folder.join("complete");
        if complete.exists() {
            return Ok(python);
        }
        let interpreter = tool::need(&tool::PYTHON, "the embedded AWS")?;
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

        let requirements = python.folder.join("requirements.txt");
        fs::write(&requirements, REQUIREMENTS)?;
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
                .arg(&requirements),
            &project.log("python-packages"),
            |line| {
                if let Some(package) = line.strip_prefix("Collecting ") {
                    progress(&format!("fetching {package}"));
                }
            },
        )?
        .success("pip install of the embedded AWS")?;
        File::create(complete)?;
        Ok(python)
    }

    /// The path of a program of the environment.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}
