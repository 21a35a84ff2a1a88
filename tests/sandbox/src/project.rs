//! Where things are: the source tree and the build folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The checkout and the folder that holds everything this crate writes.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the checkout that this crate was compiled from, and cargo's target folder for it.
    ///
    /// Fails when `cargo metadata` does, or when the build folder cannot be written.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("tests/sandbox is not inside a workspace")?
            .to_owned();
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version=1"])
            .current_dir(&root)
            .output()
            .context("cannot run cargo; install Rust from https://rustup.rs")?;
        if !output.status.success() {
            bail!(
                "cargo metadata failed:\n{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let target = metadata["target_directory"]
            .as_str()
            .context("cargo metadata names no target_directory")?
            .into();
        let project = Self { root, target };
        fs::create_dir_all(project.logs())
            .with_context(|| format!("cannot write {}", project.logs().display()))?;
        Ok(project)
    }

    /// The root of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A path below `<target>/sandbox`.
    pub fn build(&self, name: &str) -> PathBuf {
        self.target.join("sandbox").join(name)
    }

    /// The folder of logs.
    pub fn logs(&self) -> PathBuf {
        self.build("logs")
    }

    /// The log file of one step.
    pub fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }
}
