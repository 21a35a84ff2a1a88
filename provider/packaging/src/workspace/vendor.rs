//! The packages that a workspace brings along with `cargo vendor`.
//!
//! Cargo compares their files with checksums that lie beside them, which an edit can change too, and
//! never compiles again what it has compiled of them. So their files count.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use walkdir::WalkDir;

use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::workspace::config::Config;
use crate::workspace::files::portable;
use crate::workspace::litter::is_litter;
use crate::workspace::lockfile::Locked;

/// The checksums of packages, by name and version.
pub(crate) type Vendored = BTreeMap<String, Checksum>;

/// Returns the checksums of those packages that lie in a folder that the workspace's configuration
/// puts in a registry's place.
pub(crate) fn checksums(config: &Config, packages: &[Locked]) -> Result<Vendored> {
    let dirs: Vec<_> = config.vendored().collect();
    let mut checksums = Vendored::new();
    for package in packages.iter().filter(|package| package.source.is_some()) {
        // Of several versions, one has the plain name ("cargo vendor" in the Cargo book).
        let full = format!("{}-{}", package.name, package.version);
        let places = dirs
            .iter()
            .flat_map(|dir| [dir.join(&full), dir.join(&package.name)]);
        if let Some(folder) = places.into_iter().find(|folder| folder.is_dir()) {
            checksums.insert(package.id(), of_folder(&folder)?);
        }
    }
    Ok(checksums)
}

fn of_folder(folder: &Path) -> Result<Checksum> {
    let mut list = String::new();
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| !is_litter(entry.path())) {
        let entry = entry.map_err(|error| Error::read(folder)(error.into()))?;
        if entry.file_type().is_file() {
            let path = entry.path();
            let name = portable(path.strip_prefix(folder).unwrap_or(path));
            // Writing to a string cannot fail.
            let _ = writeln!(list, "{} {name}", Checksum::of_file(path)?.hex());
        }
    }
    Ok(Checksum::of(list.as_bytes()))
}
