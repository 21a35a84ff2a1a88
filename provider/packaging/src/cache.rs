//! Folders that hold what can be made again: files written whole or not at all.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

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
    let prefix = format!("{PARTIAL}{}-", std::process::id());
    let mut options = tempfile::Builder::new();
    let options = options
        .prefix(&prefix)
        .permissions(Permissions::from_mode(mode));
    let mut file = options.tempfile_in(folder).map_err(Error::write(folder))?;
    file.write_all(content).map_err(Error::write(path))?;
    file.persist(path)
        .map_err(|error| Error::write(path)(error.error))?;
    Ok(())
}

/// How the names of files begin that are being written; the number of the process follows.
const PARTIAL: &str = ".rustlambda-";

/// Removes what processes left that were killed while they wrote.
pub(crate) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name
            .to_str()
            .and_then(|name| name.strip_prefix(PARTIAL)?.split('-').next());
        let process = process.and_then(|number| Pid::from_raw(number.parse().ok()?));
        if process.is_some_and(|process| test_kill_process(process) == Err(Errno::SRCH)) {
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
        let own = format!("{PARTIAL}{}-abc", std::process::id());
        // Linux gives no process a number above 2^22.
        for name in [own.as_str(), ".rustlambda-2000000000-abc", "other"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        sweep(folder.path());
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        left.sort();
        assert_eq!(left, [own.as_str(), "other"]);
    }
}
