//! Artifacts in S3, for every machine.
//!
//! Under `<prefix>/<name>/` lie `<fingerprint>.zip` and `<fingerprint>.json`, a manifest that says
//! what the zip was made of. Both are written on the condition that they are not there, so that
//! nothing is ever overwritten; the manifest first, so that whoever finds the zip finds the
//! manifest.

use std::path::Path;

use crate::artifact::{self, Artifact};
use crate::package::Package;
use crate::s3::{Objects, S3, Stored};
use crate::{Error, Result};

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

    fn key(&self, package: &Package, ending: &str) -> String {
        let (name, fingerprint) = (package.name(), package.fingerprint());
        self.objects.key(&format!("{name}/{fingerprint}.{ending}"))
    }

    /// Looks for a package's zip.
    pub async fn find(&self, package: &Package) -> Result<Option<Stored>> {
        self.objects.find(&self.key(package, "zip")).await
    }

    /// Downloads a stored zip and its manifest into a folder.
    pub(crate) async fn fetch(
        &self,
        package: &Package,
        stored: &Stored,
        folder: &Path,
    ) -> Result<Artifact> {
        tracing::info!("downloading {}", self.objects.address(&stored.key));
        let zip = self.read(&stored.key, stored.version.as_deref()).await?;
        let manifest = self.read(&self.key(package, "json"), None).await?;
        artifact::write(
            folder,
            package.name(),
            package.fingerprint(),
            &zip,
            &manifest,
        )
    }

    async fn read(&self, key: &str, version: Option<&str>) -> Result<Vec<u8>> {
        let content = self.objects.read(key, version).await?;
        let content = content.ok_or_else(|| self.objects.broken(key, "it is not there"))?;
        Ok(content.bytes)
    }

    /// Uploads a package's zip and manifest. If another machine was quicker, what it put there is
    /// given.
    pub(crate) async fn put(&self, package: &Package, artifact: &Artifact) -> Result<Stored> {
        for (ending, file, kind) in [
            ("json", artifact.manifest(), "application/json"),
            ("zip", artifact.file.clone(), "application/zip"),
        ] {
            let key = self.key(package, ending);
            tracing::info!("uploading {}", self.objects.address(&key));
            let content = std::fs::read(&file).map_err(Error::read(&file))?;
            self.objects.write_new(&key, content, kind).await?;
        }
        let missing = || {
            let key = self.key(package, "zip");
            self.objects
                .broken(&key, "it was uploaded and is not there")
        };
        self.find(package).await?.ok_or_else(missing)
    }
}
