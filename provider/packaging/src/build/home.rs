//! A cargo home of a build's own, so that nobody's settings reach it but those of its plan.

use std::path::{Path, PathBuf};

use crate::cache;
use crate::error::{Error, Result};
use crate::plan::local::Local;

/// What is shared with the user's cargo home: downloads with the locks and the records that belong
/// to them, credentials and installed programs. Not the configuration.
const SHARED: [&str; 8] = [
    ".global-cache",
    ".package-cache",
    ".package-cache-mutate",
    "bin",
    "credentials",
    "credentials.toml",
    "git",
    "registry",
];

/// Folders that cargo makes, and that it could not make where a link leads nowhere.
const DOWNLOADS: [&str; 2] = ["git", "registry"];

/// Writes the cargo home of a build into its folder.
pub(crate) fn write(local: &Local, folder: &Path) -> Result<PathBuf> {
    let home = path(folder);
    std::fs::create_dir_all(&home).map_err(Error::write(&home))?;
    for name in DOWNLOADS {
        let folder = local.cargo_home.join(name);
        std::fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
    }
    for name in SHARED {
        let (link, target) = (home.join(name), local.cargo_home.join(name));
        if std::fs::read_link(&link).is_ok_and(|current| current == target) {
            continue;
        }
        let linked = match std::fs::remove_file(&link) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => std::os::unix::fs::symlink(&target, &link),
        };
        linked.map_err(Error::write(&link))?;
    }
    cache::replace(
        &home.join("config.toml"),
        local.configuration.as_bytes(),
        0o644,
    )?;
    Ok(home)
}

/// Where the cargo home of a build lies.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("cargo-home")
}
