//! Which binaries of a workspace are Lambda functions.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::request::Architecture;
use crate::workspace::closure::{Closure, Node};
use crate::workspace::config::Config;
use crate::workspace::locked::{Patches, locked, patches};
use crate::workspace::lockfile::Lockfile;
use crate::workspace::manifest::{Crate, Loader, Workspace, locate};

/// The crates that talk to Lambda's runtime interface. What uses one of them, directly or not, is a
/// function.
const RUNTIMES: [&str; 2] = ["lambda_http", "lambda_runtime"];

/// A binary that is a Lambda function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LambdaBinary {
    /// The binary's name.
    pub name: String,
    /// The package that it is of.
    pub package: String,
    /// The package's version.
    pub version: String,
}

/// Lists the Lambda functions of a manifest's workspace, sorted by name.
pub fn lambda_binaries(manifest: &Path) -> Result<Vec<LambdaBinary>> {
    let workspace = Workspace::of(&locate(manifest)?)?;
    let lock = Lockfile::read(&workspace.root)?;
    let patches = patches(&workspace, &Config::read(&workspace.root)?)?;
    let mut found = Vec::new();
    for package in workspace.members()?.into_values() {
        let (name, version, binaries) = (
            package.name().to_owned(),
            package.version(),
            package.binaries(),
        );
        if binaries.is_empty() || !uses_runtime(&workspace, package, lock.as_ref(), &patches)? {
            continue;
        }
        found.extend(binaries.into_iter().map(|binary| LambdaBinary {
            name: binary,
            package: name.clone(),
            version: version.clone(),
        }));
    }
    found.sort();
    match found.windows(2).find(|pair| pair[0].name == pair[1].name) {
        None => Ok(found),
        Some(pair) => Err(Error::BinaryTwice {
            binary: pair[0].name.clone(),
            packages: [pair[0].package.clone(), pair[1].package.clone()],
        }),
    }
}

fn uses_runtime(
    workspace: &Workspace,
    package: Crate,
    lock: Option<&Lockfile>,
    patches: &Patches,
) -> Result<bool> {
    let is_runtime = |name: &str| RUNTIMES.contains(&name);
    // Which processor does not matter to whether it is a function.
    let mut closure = Closure::new(Loader::new(workspace), Architecture::X86_64);
    closure.add_root(package, &BTreeSet::new(), true)?;
    let declared = closure.nodes.values().flat_map(Node::used_names);
    if declared.into_iter().any(|name| is_runtime(&name)) {
        return Ok(true);
    }
    let Some(lock) = lock else { return Ok(false) };
    let locked = locked(lock, patches, &mut closure)?;
    Ok(locked.iter().any(|locked| is_runtime(&locked.name)))
}
