//! Flags that keep this machine's paths out of the binary.

use std::path::{Path, PathBuf};

use crate::build::home;
use crate::build::toolchain::Rustc;
use crate::error::{Error, Result};
use crate::plan::local::Local;
use crate::plan::settings::Places;

/// Returns `--remap-path-prefix` flags for the packages outside, the checkout, the toolchain, the
/// folder of the build, and the cargo homes. Of several that match, rustc takes the last, so what
/// lies within another comes after it.
pub(crate) fn flags(
    local: &Local,
    places: &Places,
    folder: &Path,
    rustc: &Rustc,
) -> Result<Vec<String>> {
    let root = &local.workspace_root;
    let mut prefixes: Vec<_> = places
        .iter()
        .filter(|(dir, _)| !dir.starts_with(root))
        .map(|(dir, place)| (dir.clone(), format!("/workspace/{place}")))
        .collect();
    prefixes.push((root.clone(), "/workspace".to_owned()));
    let std_sources = rustc
        .commit
        .as_ref()
        .map_or_else(|| "/rustc".to_owned(), |commit| format!("/rustc/{commit}"));
    prefixes.push((rustc.sysroot.join("lib/rustlib/src/rust"), std_sources));
    prefixes.push((folder.to_owned(), "/target".to_owned()));
    // The user's as well: some build scripts follow links.
    for home in [local.cargo_home.clone(), home::path(folder)] {
        prefixes.push((home.clone(), "/cargo".to_owned()));
        // The folder's name has a hash of the registry's address, which a mirror changes.
        for registry in subfolders(&home.join("registry/src"))? {
            prefixes.push((registry, "/cargo/registry".to_owned()));
        }
    }
    Ok(prefixes
        .into_iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect())
}

fn subfolders(dir: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Ok(Vec::new());
    };
    let mut folders = Vec::new();
    for entry in entries {
        folders.push(entry.map_err(Error::read(dir))?.path());
    }
    folders.sort();
    Ok(folders)
}
