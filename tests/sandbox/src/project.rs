//! Where things are: the source tree and the build folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

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
        let target = metadata(&root)?["target_directory"]
            .as_str()
            .context("cargo metadata names no target_directory")?
            .into();
        let project = Self { root, target };
        fs::create_dir_all(project.logs())
            .with_context(|| format!("cannot write {}", project.logs().display()))?;
        Ok(project)
    }

    /// The test targets that `cargo test` leaves out unless they are named (`test = false`), in
    /// the order of cargo.
    pub fn suites(&self) -> Result<Vec<String>> {
        Ok(suites(&metadata(&self.root)?))
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

/// What `cargo metadata` says of the workspace at `root`.
fn metadata(root: &Path) -> Result<Value> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(root)
        .output()
        .context("cannot run cargo; install Rust from https://rustup.rs")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn suites(metadata: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages = list(&metadata["packages"]);
    let targets = packages
        .iter()
        .flat_map(|package| list(&package["targets"]));
    targets
        .filter(|target| target["kind"] == json!(["test"]) && target["test"] == false)
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_the_tests_that_must_be_named() {
        let metadata = json!({"packages": [
            {"targets": [
                {"kind": ["lib"], "name": "store", "test": false},
                {"kind": ["test"], "name": "store", "test": false},
                {"kind": ["test"], "name": "fast", "test": true},
            ]},
            {"targets": [{"kind": ["test"], "name": "demo", "test": false}]},
        ]});
        assert_eq!(suites(&metadata), ["store", "demo"]);
    }

    #[test]
    fn no_suite_of_this_workspace_is_forgotten() {
        let found = Project::find().and_then(|project| project.suites());
        let found = found.expect("cargo knows them");
        for suite in ["demo", "store", "upload_pipeline"] {
            assert!(found.iter().any(|name| name == suite), "{found:?}");
        }
    }
}
