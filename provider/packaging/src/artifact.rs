//! Zips on this disk: written whole or not at all, and believed only after their hash is checked.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use serde::Deserialize;

use crate::checksum::Checksum;
use crate::fingerprint::Fingerprint;
use crate::{Error, Result};

/// A packaged function on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The zip, as a path below the folder that the caller gave.
    pub file: PathBuf,
    /// The zip's size in bytes.
    pub size: u64,
    /// The zip's SHA-256.
    pub sha256: Checksum,
}

impl Artifact {
    /// What lies beside the zip and says what it was made from, in JSON.
    pub fn manifest(&self) -> PathBuf {
        manifest_path(&self.file)
    }
}

/// The SHA-256 of any file.
pub fn file_hash(path: &Path) -> Result<Checksum> {
    Ok(Checksum::of(
        &std::fs::read(path).map_err(Error::read(path))?,
    ))
}

/// What of a manifest says whether its zip is the right one.
#[derive(Deserialize)]
struct Identity {
    source_fingerprint: String,
    sha256: String,
}

/// Where a package's zip lies in a folder. The fingerprint in its name keeps versions apart that
/// are deployed from one folder at the same time.
pub(crate) fn path(folder: &Path, name: &str, fingerprint: &Fingerprint) -> PathBuf {
    folder.join(format!("{name}-{}.zip", fingerprint.short()))
}

/// Where the manifest of a zip lies.
pub(crate) fn manifest_path(zip: &Path) -> PathBuf {
    zip.with_extension("json")
}

/// The name of the package whose zip has this file name.
fn packaged(zip: &str) -> Option<&str> {
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

/// Looks for the zip of a fingerprint. One that is damaged, or whose manifest is not there, does
/// not count.
pub(crate) fn find(folder: &Path, name: &str, fingerprint: &Fingerprint) -> Option<Artifact> {
    let file = path(folder, name, fingerprint);
    let identity: Identity =
        serde_json::from_slice(&std::fs::read(manifest_path(&file)).ok()?).ok()?;
    let zip = std::fs::read(&file).ok()?;
    let (size, sha256) = (zip.len() as u64, Checksum::of(&zip));
    let sound =
        identity.source_fingerprint == fingerprint.as_str() && identity.sha256 == sha256.hex();
    if !sound {
        return None;
    }
    mark_used(&file);
    Some(Artifact { file, size, sha256 })
}

/// Writes a zip and its manifest.
pub(crate) fn write(
    folder: &Path,
    name: &str,
    fingerprint: &Fingerprint,
    zip: &[u8],
    manifest: &[u8],
) -> Result<Artifact> {
    let file = path(folder, name, fingerprint);
    cache_folder(folder)?;
    sweep(folder);
    replace(&file, zip, 0o644)?;
    // Last: a manifest promises that its zip is whole.
    replace(&manifest_path(&file), manifest, 0o644)?;
    prune(folder, name);
    let (size, sha256) = (zip.len() as u64, Checksum::of(zip));
    Ok(Artifact { file, size, sha256 })
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
fn sweep(folder: &Path) {
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

/// How long a zip stays that nobody asks for. Longer than a saved plan is applied after, and than
/// one goes back to sources of before; who does so later compiles them again.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Notes that a zip is used. Where that cannot be noted, it may have to be made again one day.
fn mark_used(zip: &Path) {
    let file = std::fs::File::options().append(true).open(zip);
    let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
}

/// Removes the zips of a package that were not used for long. Only of this package: of another,
/// whose sources are old, the zip may be the one that is deployed. So may one of this package for
/// another architecture; it is missed only when its function is created once more, as it is in a
/// fresh checkout.
fn prune(folder: &Path, name: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|metadata| metadata.modified());
        let unused = age.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > UNUSED));
        if unused && entry.file_name().to_str().and_then(packaged) == Some(name) {
            // Another process may have removed it already.
            let _ = std::fs::remove_file(manifest_path(&entry.path()));
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_it_wrote_and_no_damaged_zip() {
        let folder = tempfile::tempdir().unwrap();
        let fingerprint = Fingerprint::from_hex("0123456789abcdef");
        assert_eq!(find(folder.path(), "api", &fingerprint), None);
        let manifest = format!(
            r#"{{"source_fingerprint":"{fingerprint}","sha256":"{}"}}"#,
            Checksum::of(b"zip").hex()
        );
        let write = || {
            write(
                folder.path(),
                "api",
                &fingerprint,
                b"zip",
                manifest.as_bytes(),
            )
        };
        let written = write().unwrap();
        assert_eq!(
            find(folder.path(), "api", &fingerprint),
            Some(written.clone())
        );
        assert!(written.file.ends_with("api-0123456789ab.zip"));
        std::fs::write(&written.file, "zi").unwrap();
        assert_eq!(find(folder.path(), "api", &fingerprint), None);
    }

    #[test]
    fn zips_that_nobody_uses_any_more_go_when_another_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let zip = |name: &str, digit: &str| {
            let fingerprint = Fingerprint::from_hex(digit.repeat(64));
            let manifest = format!(
                r#"{{"source_fingerprint":"{fingerprint}","sha256":"{}"}}"#,
                Checksum::of(b"zip").hex()
            );
            let written = write(
                folder.path(),
                name,
                &fingerprint,
                b"zip",
                manifest.as_bytes(),
            );
            let file = written.unwrap().file;
            (fingerprint, file)
        };
        let age = |file: &Path| {
            let time = SystemTime::now() - UNUSED - Duration::from_secs(60);
            let file = std::fs::File::options().write(true).open(file).unwrap();
            file.set_modified(time).unwrap();
        };
        let (used, used_file) = zip("api", "1");
        let (_, unused) = zip("api", "2");
        let (_, of_another) = zip("api-worker", "3");
        let (_, fresh) = zip("api", "4");
        for file in [&used_file, &unused, &of_another] {
            age(file);
        }
        assert!(find(folder.path(), "api", &used).is_some());
        let (_, new) = zip("api", "5");
        for file in [&used_file, &of_another, &fresh, &new] {
            assert!(file.exists() && manifest_path(file).exists(), "{file:?}");
        }
        assert!(!unused.exists() && !manifest_path(&unused).exists());
    }

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
