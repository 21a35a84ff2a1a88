//! Which packages of `Cargo.lock` a dependency closure holds, and the packages on this disk that
//! `[patch]` sections put in their place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_toml::Dependency;

use crate::error::{Error, Result};
use crate::workspace::closure::Closure;
use crate::workspace::config::Config;
use crate::workspace::lockfile::{Locked, Lockfile};
use crate::workspace::manifest::Workspace;

/// The folders that `[patch]` sections put in place of registry packages, by package name.
pub(crate) type Patches = BTreeMap<String, PathBuf>;

/// Reads the `[patch]` sections of the root manifest and of the configuration.
pub(crate) fn patches(workspace: &Workspace, config: &Config) -> Result<Patches> {
    let own = workspace
        .table
        .get("patch")
        .map(|patch| (&*workspace.root, patch));
    let mut patches = Patches::new();
    for (dir, patch) in config.patches().chain(own) {
        let registries: BTreeMap<String, BTreeMap<String, Dependency>> =
            patch.clone().try_into().map_err(Error::unparseable(dir))?;
        for (key, dependency) in registries.into_values().flatten() {
            if let Some(path) = dependency.detail().and_then(|detail| detail.path.as_ref()) {
                let name = dependency.package().unwrap_or(&key).to_owned();
                patches.insert(name, dir.join(path));
            }
        }
    }
    Ok(patches)
}

/// Returns the packages of the lock file that the closure uses, and adds the packages on this disk
/// that a patch brings in to the closure.
pub(crate) fn locked<'a>(
    lock: &'a Lockfile,
    patches: &Patches,
    closure: &mut Closure<'_>,
) -> Result<BTreeSet<&'a Locked>> {
    let mut locked: BTreeSet<&Locked> = BTreeSet::new();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    while let Some((dir, node)) = closure.nodes.iter().find(|(dir, _)| !seen.contains(*dir)) {
        seen.insert(dir.clone());
        let (name, version) = (node.krate.name(), node.krate.version());
        let direct = lock.direct(name, &version, &node.used_names())?;
        locked.extend(lock.closure(direct));
        let on_disk = locked.iter().filter(|package| package.source.is_none());
        for patch in on_disk.filter_map(|package| patches.get(&package.name)) {
            closure.add_patched(patch)?;
        }
    }
    Ok(locked)
}
