//! Zips on this disk: written whole or not at all, and believed only after their hash is checked.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fingerprint::{Fingerprint, hex};
use crate::{Error, Result};

/// A packaged function on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The zip, as a path below the folder that the caller gave.
    pub file: PathBuf,
    /// The zip's size in bytes.
    pub size: u64,
    sha256: [u8; 32],
}

impl Artifact {
    /// The zip's SHA-256 as 64 hexadecimal digits.
    pub fn sha256_hex(&self) -> String {
        hex(&self.sha256)
    }

    /// The zip's SHA-256 in base64, as Lambda's `CodeSha256` and Terraform's `source_code_hash` have it.
    pub fn sha256_base64(&self) -> String {
        BASE64_STANDARD.encode(self.sha256)
    }
}

/// The SHA-256 of any file in base64, as [`Artifact::sha256_base64`] gives it.
pub fn file_hash(path: &Path) -> Result<String> {
    let content = std::fs::read(path).map_err(Error::read(path))?;
    Ok(BASE64_STANDARD.encode(Sha256::digest(content)))
}

/// What lies beside a zip and says what it was made from.
#[derive(Debug, Serialize, Deserialize)]
struct Receipt {
    fingerprint: String,
    sha256: String,
    /// The compiler; none where the executable was built already.
    rustc: Option<String>,
}

/// Where a package's zip lies in a folder. The fingerprint in its name keeps versions apart that are deployed from one
/// folder at the same time.
pub(crate) fn path(folder: &Path, name: &str, fingerprint: &Fingerprint) -> PathBuf {
    folder.join(format!("{name}-{}.zip", fingerprint.short()))
}

fn receipt_path(zip: &Path) -> PathBuf {
    zip.with_extension("json")
}

/// Looks for the zip of a fingerprint. One that is damaged, or whose receipt is not there, does not count.
pub(crate) fn find(folder: &Path, name: &str, fingerprint: &Fingerprint) -> Option<Artifact> {
    let file = path(folder, name, fingerprint);
    let receipt: Receipt =
        serde_json::from_slice(&std::fs::read(receipt_path(&file)).ok()?).ok()?;
    let zip = std::fs::read(&file).ok()?;
    let sha256: [u8; 32] = Sha256::digest(&zip).into();
    let sound = receipt.fingerprint == fingerprint.as_str() && receipt.sha256 == hex(&sha256);
    sound.then_some(Artifact {
        file,
        size: zip.len() as u64,
        sha256,
    })
}

/// Writes a zip and its receipt.
pub(crate) fn write(
    folder: &Path,
    name: &str,
    fingerprint: &Fingerprint,
    zip: &[u8],
    rustc: Option<String>,
) -> Result<Artifact> {
    let file = path(folder, name, fingerprint);
    let sha256: [u8; 32] = Sha256::digest(zip).into();
    let receipt = Receipt {
        fingerprint: fingerprint.to_string(),
        sha256: hex(&sha256),
        rustc,
    };
    let receipt =
        serde_json::to_vec_pretty(&receipt).map_err(|error| Error::write(&file)(error.into()))?;
    std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
    replace(&file, zip)?;
    // Last: a receipt promises that its zip is whole.
    replace(&receipt_path(&file), &receipt)?;
    Ok(Artifact {
        file,
        size: zip.len() as u64,
        sha256,
    })
}

/// Writes a file whole, in one step that others see either before or after.
fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut options = tempfile::Builder::new();
    options.prefix(".rustlambda-").suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        options.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = options.tempfile_in(folder).map_err(Error::write(folder))?;
    file.write_all(content).map_err(Error::write(path))?;
    file.persist(path)
        .map_err(|error| Error::write(path)(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_it_wrote_and_no_damaged_zip() {
        let folder = tempfile::tempdir().unwrap();
        let fingerprint = Fingerprint::from_hex("0123456789abcdef");
        assert_eq!(find(folder.path(), "api", &fingerprint), None);
        let written = write(folder.path(), "api", &fingerprint, b"zip", None).unwrap();
        assert_eq!(
            find(folder.path(), "api", &fingerprint),
            Some(written.clone())
        );
        assert!(written.file.ends_with("api-0123456789ab.zip"));
        std::fs::write(&written.file, "zi").unwrap();
        assert_eq!(find(folder.path(), "api", &fingerprint), None);
    }
}
