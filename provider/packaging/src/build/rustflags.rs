//! Flags that keep this machine's paths out of the binary.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::build::toolchain::Rustc;
use crate::error::{Error, Result};
use crate::plan::settings::Places;

/// `--remap-path-prefix` flags for the packages outside, the checkout, cargo's home, the toolchain
/// and the target folder. Of several that match, rustc takes the last, so what lies within another
/// comes after it.
pub(crate) fn remap(
    workspace_root: &Path,
    places: &Places,
    target_dir: &Path,
    rustc: &Rustc,
    declared: &BTreeMap<String, String>,
) -> Result<Vec<String>> {
    let mut prefixes: Vec<_> = places
        .iter()
        .filter(|(dir, _)| !dir.starts_with(workspace_root))
        .map(|(dir, place)| (dir.clone(), format!("/workspace/{place}")))
        .collect();
    prefixes.push((workspace_root.to_owned(), "/workspace".to_owned()));
    if let Some(home) = cargo_home(declared) {
        prefixes.push((home.clone(), "/cargo".to_owned()));
        // The folder's name has a hash of the registry's address, which a mirror changes.
        for registry in subfolders(&home.join("registry/src"))? {
            prefixes.push((registry, "/cargo/registry".to_owned()));
        }
    }
    let std_sources = rustc
        .commit
        .as_ref()
        .map_or_else(|| "/rustc".to_owned(), |commit| format!("/rustc/{commit}"));
    prefixes.push((rustc.sysroot.join("lib/rustlib/src/rust"), std_sources));
    prefixes.push((target_dir.to_owned(), "/target".to_owned()));
    Ok(prefixes
        .into_iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect())
}

/// Cargo's home as cargo finds it.
fn cargo_home(declared: &BTreeMap<String, String>) -> Option<PathBuf> {
    if let Some(home) = declared.get("CARGO_HOME") {
        return Some(home.into());
    }
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
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
