//! Publishes a release: the zip first, its record last.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Publication, Record, Release, Releases, StoredZip};
use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::store::local::{file_hash, manifest_path};
use crate::store::s3::Upload;

impl Releases {
    /// Publishes, unless these contents are published under this version already, and leaves the
    /// publisher's mark.
    pub async fn publish(&self, publication: &Publication, publisher: &str) -> Result<Release> {
        let Publication {
            version,
            fingerprint,
            ..
        } = publication;
        let found = match self.claim(version, fingerprint).await? {
            Some(release) => Some(release),
            None => {
                self.pinned(version, publication.sha256, publication.pinned)?;
                self.upload(publication).await?;
                // Somebody else may have been quicker, with these contents or with others.
                self.claim(version, fingerprint).await?
            }
        };
        let missing = "it was published and is not there";
        let missing = || self.objects.broken(&self.record_key(version), missing);
        let release = found.ok_or_else(missing)?;
        self.pinned(version, release.zip.sha256, publication.pinned)?;
        self.mark(version, publisher).await?;
        Ok(release)
    }

    /// Uploads the zip, and then the record.
    async fn upload(&self, publication: &Publication) -> Result<()> {
        let Publication { version, .. } = publication;
        let (zip, manifest) = self.contents(publication).await?;
        let digits = publication.sha256.hex();
        let digits = digits.get(..12).unwrap_or(&digits);
        let record = Record {
            name: self.name.clone(),
            version: version.clone(),
            architecture: self.architecture.name().to_owned(),
            runtime: publication.runtime.clone(),
            handler: publication.handler.clone(),
            source_fingerprint: publication.fingerprint.to_string(),
            sha256: publication.sha256.hex(),
            key: self.key(&format!("{version}/{digits}.zip")),
            manifest,
        };
        let key = self.record_key(version);
        let bytes = serde_json::to_vec(&record)
            .map_err(|error| self.objects.broken(&key, &error.to_string()))?;
        tracing::info!("publishing {}", self.objects.address(&record.key));
        let upload = Upload::File(zip.path().to_owned(), publication.sha256);
        self.objects
            .write_new(&record.key, &upload, "application/zip")
            .await?;
        let record = Upload::Bytes(bytes);
        self.objects
            .write_new(&key, &record, "application/json")
            .await?;
        Ok(())
    }

    /// The zip that is to be published, and what it was made of.
    async fn contents(&self, publication: &Publication) -> Result<(Zip, Option<Value>)> {
        let Publication { file, sha256, .. } = publication;
        if file_hash(file).is_ok_and(|found| found == *sha256) {
            let manifest = std::fs::read(manifest_path(file)).ok();
            return Ok((Zip::Here(file.clone()), described(manifest, sha256)));
        }
        let missing = || Error::ReleaseZipMissing {
            name: self.name.clone(),
            file: file.clone(),
        };
        let StoredZip {
            bucket,
            key,
            version,
        } = publication.stored.as_ref().ok_or_else(missing)?;
        let objects = self.objects.of_bucket(bucket);
        let folder = std::env::temp_dir();
        let copy = tempfile::NamedTempFile::new().map_err(Error::write(&folder))?;
        let (copy, found) = objects.copy(key, version.as_deref(), copy).await?;
        if found != *sha256 {
            return Err(objects.broken(key, "it is not the zip that is to be published"));
        }
        let manifest = match key.strip_suffix(".zip") {
            Some(stem) => objects.read(&format!("{stem}.json")).await?,
            None => None,
        };
        let manifest = described(manifest.map(|content| content.bytes), sha256);
        Ok((Zip::Copy(copy), manifest))
    }
}

/// A zip on this disk.
enum Zip {
    Here(PathBuf),
    /// Goes with this value.
    Copy(tempfile::NamedTempFile),
}

impl Zip {
    fn path(&self) -> &Path {
        match self {
            Self::Here(path) => path,
            Self::Copy(file) => file.path(),
        }
    }
}

/// A manifest, if it is that of this zip.
fn described(manifest: Option<Vec<u8>>, sha256: &Checksum) -> Option<Value> {
    let manifest: Value = serde_json::from_slice(&manifest?).ok()?;
    (manifest["sha256"] == sha256.hex()).then_some(manifest)
}
