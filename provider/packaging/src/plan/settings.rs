//! What cargo is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::request::{Architecture, Compiler, Runtime};

/// The packages on this disk that a binary is made of, folder to place in the checkout, if one of
/// them is outside of the workspace's folder.
pub(crate) type Places = BTreeMap<PathBuf, String>;

/// What binaries that are compiled together have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Settings {
    pub workspace_root: PathBuf,
    /// Whether there is a lock file, which cargo then must not change.
    pub locked: bool,
    /// Whether the workspace names its toolchain.
    pub pinned: bool,
    pub profile: String,
    pub default_features: bool,
    pub environment: BTreeMap<String, String>,
    pub compiler: Compiler,
    pub architecture: Architecture,
    pub runtime: Runtime,
    /// What the workspace's own configuration says.
    pub rustflags: Vec<String>,
}

/// One binary to compile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Binary {
    pub package: String,
    pub version: String,
    pub name: String,
    pub features: BTreeSet<String>,
    /// Empty unless a package outside of the workspace's folder is among them.
    pub places: Places,
}

impl Binary {
    /// Names the package to cargo.
    pub fn spec(&self) -> String {
        format!("--package={}@{}", self.package, self.version)
    }

    /// Names the features to cargo, which takes a dependency's without the package's name.
    pub fn features(&self) -> impl Iterator<Item = String> {
        self.features
            .iter()
            .map(|feature| match feature.contains('/') {
                true => format!("--features={feature}"),
                false => format!("--features={}/{feature}", self.package),
            })
    }

    /// The features of dependencies, which cargo would turn on for every package that it compiles
    /// along.
    pub fn passed_features(&self) -> Vec<&String> {
        let features = self.features.iter();
        features.filter(|feature| feature.contains('/')).collect()
    }
}
