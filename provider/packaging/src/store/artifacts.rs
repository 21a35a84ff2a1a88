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
use crate::store::place::Place;
use crate::store::s3::{Objects, S3, Stored, Upload};

/// A place for artifacts in a bucket.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Objects,
    read_only: bool,
    verify: bool,
}

impl Store {
    /// Opens a place. With `verify`, what is stored counts only if the sources compile to the same.
    pub async fn open(s3: &S3, place: Place, verify: bool) -> Result<Self> {
        let read_only = place.read_only;
        Ok(Self {
            objects: s3.objects(place).await?,
            read_only,
            verify,
        })
    }

    /// Whether what is stored counts only if the sources compile to the same.
    pub fn verifies(&self) -> bool {
        self.verify
    }

    fn key(&self, id: ArtifactId<'_>, ending: &str) -> String {
        let ArtifactId { name, fingerprint } = id;
        self.objects.key(&format!("{name}/{fingerprint}.{ending}"))
    }

    /// Looks for a zip.
    pub async fn find(&self, id: ArtifactId<'_>) -> Result<Option<Stored>> {
        self.objects.find(&self.key(id, "zip"), None).await
    }

    /// Fails where nothing may be written, before a compilation that would be for nothing.
    pub(crate) fn expect_writable(&self, id: ArtifactId<'_>) -> Result<()> {
        self.objects.writable("write", &self.key(id, "zip"))
    }

    /// Fails where a stored zip is not what was compiled here.
    pub(crate) fn compare(&self, stored: &Stored, compiled: &Artifact) -> Result<()> {
        if stored.sha256 == compiled.sha256 {
            return Ok(());
        }
        Err(Error::StoreMismatch {
            address: self.objects.address(&stored.key),
            stored: stored.sha256.hex(),
            compiled: compiled.sha256.hex(),
        })
    }

    /// Looks for what an apply has stored under this key.
    pub async fn look(&self, key: &str) -> Result<Option<Stored>> {
        self.objects.find(key, None).await
    }

    /// Downloads a stored zip and its manifest into a folder. Writes the manifest that `describe`
    /// returns where the store has none.
    pub(crate) async fn fetch(
        &self,
        id: ArtifactId<'_>,
        stored: &Stored,
        folder: &Path,
        describe: impl FnOnce(&Stored) -> Vec<u8>,
    ) -> Result<Artifact> {
        tracing::info!("downloading {}", self.objects.address(&stored.key));
        local::prepare(folder)?;
        let zip = self.objects.download(stored, folder).await?;
        let manifest = match self.objects.read(&self.key(id, "json")).await? {
            Some(manifest) => manifest.bytes,
            None => describe(stored),
        };
        local::put(folder, id, zip, (stored.size, stored.sha256), &manifest)
    }

    /// Uploads a zip. If another machine was quicker, returns what it put there.
    pub(crate) async fn put(&self, id: ArtifactId<'_>, artifact: &Artifact) -> Result<Stored> {
        let key = self.key(id, "zip");
        tracing::info!("uploading {}", self.objects.address(&key));
        let zip = Upload::File(artifact.file.clone(), artifact.sha256);
        self.objects
            .write_new(&key, &zip, "application/zip")
            .await?;
        let missing = || {
            self.objects
                .broken(&key, "it was uploaded and is not there")
        };
        self.find(id).await?.ok_or_else(missing)
    }

    /// Uploads the manifest of the stored zip, unless it is there, as it is for all who only read.
    pub(crate) async fn describe(&self, id: ArtifactId<'_>, artifact: &Artifact) -> Result<()> {
        let (key, file) = (self.key(id, "json"), artifact.manifest());
        if self.read_only || self.objects.find(&key, None).await?.is_some() {
            return Ok(());
        }
        let manifest = std::fs::read(&file).map_err(Error::read(&file))?;
        let manifest = Upload::Bytes(manifest);
        self.objects
            .write_new(&key, &manifest, "application/json")
            .await?;
        Ok(())
    }
}
