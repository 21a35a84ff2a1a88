//! Folders that hold what can be made again: files written whole or not at all.

use std::fs::{File, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// The name of the package whose zip has this file name.
pub(crate) fn packaged(zip: &str) -> Option<&str> {
    let (name, digits) = zip.strip_suffix(".zip")?.rsplit_once('-')?;
    let hex = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then_some(name)
}

/// Whether a file is a zip, or the manifest of one, or one that is being written.
pub(crate) fn is_ours(path: &Path) -> bool {
    let zip = path.with_extension("zip");
    let name = |path: &Path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .map(str::to_owned)
    };
    let is_zip = name(&zip).is_some_and(|name| packaged(&name).is_some());
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("zip") => is_zip,
        Some("json") => is_zip && zip.exists(),
        _ => name(path).is_some_and(|name| name.starts_with(PARTIAL)),
    }
}

/// Makes a folder whose content can be made again. One that is new gets the tag by which backups,
/// and fingerprints of sources around it, leave it out (<https://bford.info/cachedir/>).
pub(crate) fn cache_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
    let tag = folder.join("CACHEDIR.TAG");
    let text = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of rustlambda.\n";
    std::fs::write(&tag, text).map_err(Error::write(&tag))
}

/// Writes a file whole, in one step that others see either before or after.
pub(crate) fn replace(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut partial = Partial::new(folder, mode)?;
    partial.write_all(content).map_err(Error::write(path))?;
    partial.persist(path)
}

/// How the names of files begin that are being written.
const PARTIAL: &str = ".rustlambda-";

/// A file that is being written, and goes with this value unless it is persisted. Its lock tells
/// [`sweep`] that somebody writes it, also somebody in another container.
#[derive(Debug)]
pub(crate) struct Partial(NamedTempFile);

impl Partial {
    /// Makes one in a folder, with these permissions as far as the process's mask allows.
    pub fn new(folder: &Path, mode: u32) -> Result<Self> {
        let mut options = tempfile::Builder::new();
        let options = options
            .prefix(PARTIAL)
            .permissions(Permissions::from_mode(mode));
        loop {
            let file = options.tempfile_in(folder).map_err(Error::write(folder))?;
            // Where the file system has no locks, `sweep` removes nothing.
            let locked = !matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock));
            // Before the lock was there, a sweep may have taken it for an orphan.
            if locked && file.path().exists() {
                return Ok(Self(file));
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Gives it its name.
    pub fn persist(self, path: &Path) -> Result<()> {
        let persisted = self.0.persist(path);
        persisted.map_err(|error| Error::write(path)(error.error))?;
        Ok(())
    }
}

impl io::Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Removes what processes left that were killed while they wrote: files that nobody has locked.
pub(crate) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_str().is_some_and(|name| name.starts_with(PARTIAL)) {
            continue;
        }
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            // Another process may have removed it already.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clears_away_what_a_killed_process_left() {
        let folder = tempfile::tempdir().unwrap();
        let written = Partial::new(folder.path(), 0o644).unwrap();
        // Of a process in another container, whose number means nothing here.
        for name in [".rustlambda-1-abc", "other"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        sweep(folder.path());
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [written.path().file_name().unwrap(), "other".as_ref()]
        );
    }
}
