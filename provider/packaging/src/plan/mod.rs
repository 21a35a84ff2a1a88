//! What a build is: one value that says what is fingerprinted, and that cargo executes.

pub(crate) mod assets;
pub(crate) mod configuration;
pub(crate) mod environment;
pub(crate) mod fingerprint;
pub(crate) mod local;
pub(crate) mod rustflags;
pub(crate) mod settings;
pub(crate) mod sources;
pub(crate) mod toolchain;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::checksum::Checksum;
use crate::error::Result;
use crate::plan::assets::Asset;
use crate::plan::fingerprint::Inputs;
use crate::plan::sources::CargoPlan;
use crate::request::{Architecture, Request, Runtime, Source};

/// Changes whenever the same sources should count as new.
const FORMAT: u32 = 2;

/// Everything that decides the bytes of a zip. Its serialized form is what the fingerprint is over:
/// a field that is not skipped counts.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct BuildPlan {
    format: u32,
    pub(crate) architecture: Architecture,
    pub(crate) runtime: Runtime,
    #[serde(flatten)]
    pub(crate) origin: Origin,
    #[serde(rename = "asset")]
    pub(crate) assets: BTreeMap<String, Asset>,
}

/// Where the executable comes from.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Origin {
    Cargo(Box<CargoPlan>),
    Executable(Executable),
}

/// An executable that is built already.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Executable {
    #[serde(skip)]
    pub path: PathBuf,
    #[serde(rename = "executable")]
    sha256: Checksum,
}

/// Reads what a request names. Compiles nothing and starts no process.
pub(crate) fn resolve(request: &Request) -> Result<BuildPlan> {
    let origin = match &request.source {
        Source::Cargo(build) => {
            let plan = sources::resolve(build, request.architecture, request.runtime)?;
            Origin::Cargo(Box::new(plan))
        }
        Source::Executable(path) => Origin::Executable(Executable {
            path: path.clone(),
            sha256: Checksum::of_file(path)?,
        }),
    };
    Ok(BuildPlan {
        format: FORMAT,
        architecture: request.architecture,
        runtime: request.runtime,
        origin,
        assets: assets::collect(&request.assets)?,
    })
}

impl BuildPlan {
    /// The canonical form.
    pub(crate) fn inputs(&self) -> Result<Inputs> {
        Inputs::of(self)
    }

    /// The binary's name, or the executable's file name without its ending.
    pub(crate) fn name(&self) -> String {
        match &self.origin {
            Origin::Cargo(plan) => plan.binary.name.clone(),
            Origin::Executable(Executable { path, .. }) => {
                let stem = path.file_stem().unwrap_or_default();
                stem.to_string_lossy().into_owned()
            }
        }
    }

    /// What decides the binary beside the plan's inputs, and that a plan cannot see: the programs
    /// that stand in rustc's place.
    pub(crate) fn replaced_compilers(&self) -> &[String] {
        match &self.origin {
            Origin::Cargo(plan) => &plan.compilers,
            Origin::Executable(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::request::CargoBuild;

    /// The JSON pointers (RFC 6901) of all leaves.
    fn leaves(value: &Value, pointer: String, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    leaves(value, format!("{pointer}/{name}"), found);
                }
            }
            Value::Null => (),
            _ => found.push(pointer),
        }
    }

    #[test]
    fn whatever_changes_in_a_plan_changes_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "Cargo.toml",
            "[package]\nname = \"api\"\nversion = \"1.0.0\"\n[features]\nfast = []\n[profile.release]\nlto = true\n",
        );
        write("src/main.rs", "fn main() {}\n");
        write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95.0\"\n");
        write(".cargo/config.toml", "[env]\nSTAGE = \"test\"\n");
        let mut build = CargoBuild::new(folder.path().join("Cargo.toml"));
        build.features = ["fast".to_owned()].into();
        build.environment = [("A", "1"), ("RUSTFLAGS", "--cfg x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let mut request = Request::new(Source::Cargo(build));
        request.assets = [("main.rs".to_owned(), folder.path().join("src/main.rs"))].into();

        let plan = serde_json::to_value(resolve(&request).unwrap()).unwrap();
        let fingerprint = |plan: &Value| Inputs::of(plan).unwrap().fingerprint();
        let mut found = Vec::new();
        leaves(&plan, String::new(), &mut found);
        assert!(found.len() > 15, "{found:?}");
        for leaf in found {
            let mut changed = plan.clone();
            let value = changed.pointer_mut(&leaf).unwrap();
            *value = Value::from(format!("{value} changed"));
            assert_ne!(fingerprint(&changed), fingerprint(&plan), "{leaf}");
        }
    }
}
