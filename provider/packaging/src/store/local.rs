//! Zips on this disk: written whole or not at all, and believed only after their hash is checked.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use crate::cache::{Partial, cache_folder, packaged, replace, sweep};
use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::plan::fingerprint::Fingerprint;

/// The permissions of zips and their manifests.
pub(crate) const ZIP_MODE: u32 = 0o644;

/// What tells an artifact from every other: the function's name, and the fingerprint of its plan.
#[derive(Debug, Clone, Copy)]
pub struct ArtifactId<'a> {
    /// The name of the binary.
    pub name: &'a str,
    /// The hash over everything that can change the zip.
    pub fingerprint: &'a Fingerprint,
}

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

/// Returns the SHA-256 of a file. Fails on what is not a regular file: a device never ends.
pub fn file_hash(path: &Path) -> Result<Checksum> {
    let metadata = std::fs::metadata(path).map_err(Error::read(path))?;
    if !metadata.is_file() {
        let special = std::io::Error::other("it is not a regular file");
        return Err(Error::read(path)(special));
    }
    Checksum::of_file(path)
}

/// The size of a file, with its SHA-256.
fn measured(path: &Path) -> std::io::Result<(u64, Checksum)> {
    Checksum::of_reader(std::fs::File::open(path)?)
}

/// What of a manifest says whether its zip is the right one.
#[derive(Deserialize)]
struct Identity {
    source_fingerprint: String,
    sha256: String,
}

/// Where a package's zip lies in a folder. The fingerprint in its name keeps versions apart that
/// are deployed from one folder at the same time.
pub(crate) fn path(folder: &Path, id: ArtifactId<'_>) -> PathBuf {
    folder.join(format!("{}-{}.zip", id.name, id.fingerprint.short()))
}

/// Where the manifest of a zip lies.
pub(crate) fn manifest_path(zip: &Path) -> PathBuf {
    zip.with_extension("json")
}

/// Looks for the zip of a fingerprint. One that is damaged, or whose manifest is not there, does
/// not count.
pub(crate) fn find(folder: &Path, id: ArtifactId<'_>) -> Option<Artifact> {
    let file = path(folder, id);
    let identity: Identity =
        serde_json::from_slice(&std::fs::read(manifest_path(&file)).ok()?).ok()?;
    let (size, sha256) = measured(&file).ok()?;
    let sound =
        identity.source_fingerprint == id.fingerprint.as_str() && identity.sha256 == sha256.hex();
    if !sound {
        return None;
    }
    mark_used(&file);
    Some(Artifact { file, size, sha256 })
}

/// Writes a zip and its manifest.
pub(crate) fn write(
    folder: &Path,
    id: ArtifactId<'_>,
    zip: &[u8],
    manifest: &[u8],
) -> Result<Artifact> {
    prepare(folder)?;
    let mut partial = Partial::new(folder, ZIP_MODE)?;
    partial
        .write_all(zip)
        .map_err(Error::write(partial.path()))?;
    put(
        folder,
        id,
        partial,
        (zip.len() as u64, Checksum::of(zip)),
        manifest,
    )
}

/// Makes the folder if it is not there, and removes what killed processes left in it.
pub(crate) fn prepare(folder: &Path) -> Result<()> {
    cache_folder(folder)?;
    sweep(folder);
    Ok(())
}

/// Gives a zip that is written its place, and writes its manifest.
pub(crate) fn put(
    folder: &Path,
    id: ArtifactId<'_>,
    zip: Partial,
    (size, sha256): (u64, Checksum),
    manifest: &[u8],
) -> Result<Artifact> {
    let file = path(folder, id);
    zip.persist(&file)?;
    // Last: a manifest promises that its zip is whole.
    replace(&manifest_path(&file), manifest, ZIP_MODE)?;
    prune(folder, id.name);
    Ok(Artifact { file, size, sha256 })
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
        let id = ArtifactId {
            name: "api",
            fingerprint: &fingerprint,
        };
        assert_eq!(find(folder.path(), id), None);
        let manifest = format!(
            r#"{{"source_fingerprint":"{fingerprint}","sha256":"{}"}}"#,
            Checksum::of(b"zip").hex()
        );
        let write = || write(folder.path(), id, b"zip", manifest.as_bytes());
        let written = write().unwrap();
        assert_eq!(find(folder.path(), id), Some(written.clone()));
        assert!(written.file.ends_with("api-0123456789ab.zip"));
        std::fs::write(&written.file, "zi").unwrap();
        assert_eq!(find(folder.path(), id), None);
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
                ArtifactId {
                    name,
                    fingerprint: &fingerprint,
                },
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
        assert!(
            find(
                folder.path(),
                ArtifactId {
                    name: "api",
                    fingerprint: &used
                }
            )
            .is_some()
        );
        let (_, new) = zip("api", "5");
        for file in [&used_file, &of_another, &fresh, &new] {
            assert!(file.exists() && manifest_path(file).exists(), "{file:?}");
        }
        assert!(!unused.exists() && !manifest_path(&unused).exists());
    }
}
