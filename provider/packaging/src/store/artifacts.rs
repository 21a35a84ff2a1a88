//! Artifacts in S3, for every machine.
//!
//! Under `<prefix>/<name>/` lie `<fingerprint>.zip` and `<fingerprint>.json`, a manifest that says
//! what the zip was made of. Both are written on the condition that they are not there, so that
//! nothing is ever overwritten. The manifest is written last, and only by who has the stored zip:
//! so it is of this zip, even where two machines have made different ones. If who uploaded the zip
//! was ended before it, the next who has the zip writes it.

use std::path::Path;

use crate::error::{Error, Result};
use crate::store::local::{self, Artifact, ArtifactId};
use crate::store::s3::{Objects, S3, Stored};

/// A place for artifacts in a bucket.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Objects,
}

impl Store {
    /// The place under a prefix, which may be empty.
    pub async fn open(s3: &S3, bucket: &str, prefix: &str) -> Self {
        Self {
            objects: s3.objects(bucket, prefix).await,
        }
    }

    fn key(&self, id: ArtifactId<'_>, ending: &str) -> String {
        let ArtifactId { name, fingerprint } = id;
        self.objects.key(&format!("{name}/{fingerprint}.{ending}"))
    }

    /// Looks for a zip.
    pub async fn find(&self, id: ArtifactId<'_>) -> Result<Option<Stored>> {
        self.objects.find(&self.key(id, "zip")).await
    }

    /// Looks for what an apply has stored under this key.
    pub async fn look(&self, key: &str) -> Result<Option<Stored>> {
        self.objects.find(key).await
    }

    /// Downloads a stored zip and its manifest into a folder. Writes the manifest that `describe`
    /// returns for the zip where the store has none.
    pub(crate) async fn fetch(
        &self,
        id: ArtifactId<'_>,
        stored: &Stored,
        folder: &Path,
        describe: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Result<Artifact> {
        tracing::info!("downloading {}", self.objects.address(&stored.key));
        let (key, version) = (&stored.key, stored.version.as_deref());
        let zip = self.objects.read(key, version).await?;
        let zip = zip.ok_or_else(|| self.objects.broken(key, "it is not there"))?;
        let manifest = self.objects.read(&self.key(id, "json"), None).await?;
        let manifest = match manifest {
            Some(manifest) => manifest.bytes,
            None => describe(&zip.bytes),
        };
        local::write(folder, id, &zip.bytes, &manifest)
    }

    /// Uploads a zip. If another machine was quicker, returns what it put there.
    pub(crate) async fn put(&self, id: ArtifactId<'_>, artifact: &Artifact) -> Result<Stored> {
        let key = self.key(id, "zip");
        tracing::info!("uploading {}", self.objects.address(&key));
        let zip = std::fs::read(&artifact.file).map_err(Error::read(&artifact.file))?;
        self.objects.write_new(&key, zip, "application/zip").await?;
        let missing = || {
            self.objects
                .broken(&key, "it was uploaded and is not there")
        };
        self.find(id).await?.ok_or_else(missing)
    }

    /// Uploads the manifest of the stored zip, unless it is there, as it is for all who only read.
    pub(crate) async fn describe(&self, id: ArtifactId<'_>, artifact: &Artifact) -> Result<()> {
        let (key, file) = (self.key(id, "json"), artifact.manifest());
        if self.objects.find(&key).await?.is_some() {
            return Ok(());
        }
        let manifest = std::fs::read(&file).map_err(Error::read(&file))?;
        self.objects
            .write_new(&key, manifest, "application/json")
            .await?;
        Ok(())
    }
}
