//! What of this machine a build uses, and what cannot change its result.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::checksum::Checksum;
use crate::plan::configuration::Configuration;
use crate::plan::environment::Passed;
use crate::workspace::vendor::Vendored;

/// Names of cargo's target folder, the first that is set wins.
const TARGET_DIR: [&str; 3] = [
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET_DIR",
];

/// The part of the settings that does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Local {
    pub workspace_root: PathBuf,
    /// Cargo's target folder as the caller knows it.
    pub target_dir: PathBuf,
    /// The user's cargo home, with the registries' caches.
    pub cargo_home: PathBuf,
    /// The content of the configuration file that cargo reads.
    pub configuration: String,
    /// What the workspace brings along for all of its binaries, which cargo compiles once.
    pub vendored: Vendored,
    /// The variables that reach cargo beside the declared ones.
    pub passed: Passed,
}

impl Local {
    /// Takes what is local out of the declared environment; what counts stays there.
    pub fn take(
        declared: &mut BTreeMap<String, String>,
        workspace_root: &Path,
        cargo_home: PathBuf,
        configuration: &Configuration,
    ) -> Self {
        let declared_dirs = TARGET_DIR.map(|name| declared.remove(name).map(PathBuf::from));
        let target_dir = declared_dirs
            .into_iter()
            .flatten()
            .next()
            .or_else(|| {
                TARGET_DIR
                    .iter()
                    .find_map(std::env::var_os)
                    .map(PathBuf::from)
            })
            .or_else(|| configuration.target_dir.clone())
            .unwrap_or_else(|| "target".into());
        let mut passed = Passed::take(std::env::vars_os(), declared);
        for (name, secret) in &configuration.credentials {
            // Cargo prefers the environment.
            let secret = || secret.clone().into();
            passed.fetching.entry(name.clone()).or_insert_with(secret);
        }
        Self {
            target_dir: workspace_root.join(expand(&target_dir, workspace_root, &cargo_home)),
            workspace_root: workspace_root.to_owned(),
            cargo_home: workspace_root.join(cargo_home),
            configuration: configuration.file.clone(),
            vendored: Vendored::new(),
            passed,
        }
    }

    /// The user's cargo home, as cargo finds it.
    pub fn cargo_home(declared: &mut BTreeMap<String, String>) -> PathBuf {
        let declared = declared.remove("CARGO_HOME").map(PathBuf::from);
        declared
            .or_else(|| std::env::var_os("CARGO_HOME").map(PathBuf::from))
            .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
            .unwrap_or_else(|| PathBuf::from("/.cargo"))
    }
}

/// Fills in what cargo lets a `build-dir` say ("build.build-dir" in the Cargo book).
fn expand(dir: &Path, workspace_root: &Path, cargo_home: &Path) -> PathBuf {
    let root = workspace_root.to_string_lossy();
    let hash = Checksum::of(root.as_bytes()).hex();
    let text = dir.to_string_lossy();
    let text = text.replace("{workspace-root}", &root);
    let text = text.replace("{cargo-cache-home}", &cargo_home.to_string_lossy());
    PathBuf::from(text.replace("{workspace-path-hash}", &hash[..16]))
}
