//! Releases: artifacts under a semantic version, for those who have neither sources nor compiler.
//!
//! Under `<prefix>/<name>/releases/<architecture>/` lie `<version>.json`, the record of a release,
//! and its zip `<version>/<first 12 digits of its SHA-256>.zip`. The record is written last and on
//! the condition that it is not there: it alone makes a release, whole and once. It is deleted
//! first.

use std::path::PathBuf;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checksum::Checksum;
use crate::error::{Error, Result, Taken};
use crate::plan::fingerprint::Fingerprint;
use crate::request::Architecture;
use crate::store::constraint::Constraint;
use crate::store::local::manifest_path;
use crate::store::s3::{Objects, S3, Stored};
use crate::store::version::next;

/// The releases of one function for one architecture.
#[derive(Debug, Clone)]
pub struct Releases {
    objects: Objects,
    name: String,
    architecture: Architecture,
}

/// What is to be published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Under which version.
    pub version: Version,
    /// What tells its contents from others.
    pub fingerprint: Fingerprint,
    /// The zip's SHA-256.
    pub sha256: Checksum,
    /// The zip on this disk, if it is there.
    pub file: PathBuf,
    /// The zip in a store, if it is there.
    pub stored: Option<StoredZip>,
    /// The Lambda runtime that starts it.
    pub runtime: String,
    /// What Lambda is told to start.
    pub handler: String,
}

/// A zip in a store.
#[derive(Debug, Clone)]
pub struct StoredZip {
    /// The bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its version, where the bucket is versioned.
    pub version: Option<String>,
}

/// A release that is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// What tells its contents from others.
    pub fingerprint: Fingerprint,
    /// The Lambda runtime that starts it.
    pub runtime: String,
    /// What Lambda is told to start.
    pub handler: String,
    /// The zip.
    pub zip: Stored,
    /// When it was published, in RFC 3339.
    pub published_at: Option<String>,
}

/// How a release is stored.
#[derive(Serialize, Deserialize)]
struct Record {
    name: String,
    version: Version,
    architecture: String,
    runtime: String,
    handler: String,
    source_fingerprint: String,
    sha256: String,
    key: String,
    /// What the zip was made of, where that is known.
    manifest: Option<Value>,
}

impl Releases {
    /// The releases of a function in a bucket under a prefix, which may be empty.
    pub async fn open(
        s3: &S3,
        bucket: &str,
        prefix: &str,
        name: &str,
        architecture: Architecture,
    ) -> Self {
        Self {
            objects: s3.objects(bucket, prefix).await,
            name: name.to_owned(),
            architecture,
        }
    }

    /// For which processor.
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    fn key(&self, rest: &str) -> String {
        let (name, architecture) = (&self.name, self.architecture.name());
        self.objects
            .key(&format!("{name}/releases/{architecture}/{rest}"))
    }

    fn record_key(&self, version: &Version) -> String {
        self.key(&format!("{version}.json"))
    }

    /// All published versions, the newest first.
    pub async fn versions(&self) -> Result<Vec<Version>> {
        let folder = self.key("");
        let keys = self.objects.list(&folder).await?;
        let version = |key: &String| {
            let version = key.strip_prefix(&folder)?.strip_suffix(".json")?;
            Version::parse(version).ok()
        };
        let mut versions: Vec<_> = keys.iter().filter_map(version).collect();
        versions.sort_by(|a, b| b.cmp(a));
        Ok(versions)
    }

    /// Looks for a release.
    pub async fn find(&self, version: &Version) -> Result<Option<Release>> {
        let key = self.record_key(version);
        let Some(content) = self.objects.read(&key, None).await? else {
            return Ok(None);
        };
        let record: Record = serde_json::from_slice(&content.bytes)
            .map_err(|error| self.objects.broken(&key, &error.to_string()))?;
        let Some(zip) = self.objects.find(&record.key).await? else {
            let reason = format!("its zip {} is not there", self.objects.address(&record.key));
            return Err(self.objects.broken(&key, &reason));
        };
        if zip.sha256.hex() != record.sha256 {
            return Err(self
                .objects
                .broken(&key, "its zip is not the one that it records"));
        }
        Ok(Some(Release {
            version: record.version,
            fingerprint: Fingerprint::from_hex(record.source_fingerprint),
            runtime: record.runtime,
            handler: record.handler,
            zip,
            published_at: content.written_at,
        }))
    }

    /// The newest release that a constraint allows.
    pub async fn resolve(&self, constraint: &Constraint) -> Result<Release> {
        let published = self.versions().await?;
        let found = match constraint.newest(&published) {
            Some(version) => self.find(version).await?,
            None => None,
        };
        found.ok_or_else(|| Error::ReleaseMissing {
            name: self.name.clone(),
            architecture: self.architecture.name(),
            address: self.objects.address(&self.key("")),
            constraint: constraint.to_string(),
            published: published.iter().map(Version::to_string).collect(),
        })
    }

    /// Looks for a version that is to be published: the release if it has these contents already,
    /// nothing if the version is free, and an error if it has others.
    pub async fn claim(
        &self,
        version: &Version,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Release>> {
        match self.find(version).await? {
            Some(release) if release.fingerprint != *fingerprint => {
                let next = next(version, &self.versions().await?);
                Err(Error::ReleaseTaken(Box::new(Taken {
                    name: self.name.clone(),
                    version: version.to_string(),
                    published: release.fingerprint.short().to_owned(),
                    published_at: release.published_at.unwrap_or_default(),
                    given: fingerprint.short().to_owned(),
                    next: next.to_string(),
                })))
            }
            found => Ok(found),
        }
    }

    /// Publishes, unless these contents are published under this version already.
    pub async fn publish(&self, publication: &Publication) -> Result<Release> {
        let Publication {
            version,
            fingerprint,
            ..
        } = publication;
        if let Some(release) = self.claim(version, fingerprint).await? {
            return Ok(release);
        }
        let (zip, manifest) = self.contents(publication).await?;
        let digits = publication.sha256.hex();
        let digits = digits.get(..12).unwrap_or(&digits);
        let record = Record {
            name: self.name.clone(),
            version: version.clone(),
            architecture: self.architecture.name().to_owned(),
            runtime: publication.runtime.clone(),
            handler: publication.handler.clone(),
            source_fingerprint: fingerprint.to_string(),
            sha256: publication.sha256.hex(),
            key: self.key(&format!("{version}/{digits}.zip")),
            manifest,
        };
        let key = self.record_key(version);
        let bytes = serde_json::to_vec(&record)
            .map_err(|error| self.objects.broken(&key, &error.to_string()))?;
        tracing::info!("publishing {}", self.objects.address(&record.key));
        self.objects
            .write_new(&record.key, zip, "application/zip")
            .await?;
        self.objects
            .write_new(&key, bytes, "application/json")
            .await?;
        // Somebody else may have been quicker, with these contents or with others.
        let release = self.claim(version, fingerprint).await?;
        release.ok_or_else(|| {
            self.objects
                .broken(&key, "it was published and is not there")
        })
    }

    /// The zip that is to be published, and what it was made of.
    async fn contents(&self, publication: &Publication) -> Result<(Vec<u8>, Option<Value>)> {
        let Publication { file, sha256, .. } = publication;
        if let Ok(zip) = std::fs::read(file)
            && Checksum::of(&zip) == *sha256
        {
            let manifest = std::fs::read(manifest_path(file)).ok();
            return Ok((zip, described(manifest, sha256)));
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
        let zip = objects.read(key, version.as_deref()).await?;
        let zip = zip
            .ok_or_else(|| objects.broken(key, "it is not there"))?
            .bytes;
        if Checksum::of(&zip) != *sha256 {
            return Err(objects.broken(key, "it is not the zip that is to be published"));
        }
        let manifest = match key.strip_suffix(".zip") {
            Some(stem) => objects.read(&format!("{stem}.json"), None).await?,
            None => None,
        };
        Ok((
            zip,
            described(manifest.map(|content| content.bytes), sha256),
        ))
    }

    /// Deletes all but the newest `count` releases, and but for `current`.
    pub async fn retain(&self, count: usize, current: &Version) -> Result<()> {
        for version in self.versions().await?.iter().skip(count) {
            if version != current {
                self.delete(version).await?;
            }
        }
        Ok(())
    }

    /// Deletes a release. One that is gone already is no error.
    pub async fn delete(&self, version: &Version) -> Result<()> {
        tracing::info!(
            "deleting {}",
            self.objects.address(&self.record_key(version))
        );
        self.objects.delete(&self.record_key(version)).await?;
        for key in self.objects.list(&self.key(&format!("{version}/"))).await? {
            self.objects.delete(&key).await?;
        }
        Ok(())
    }
}

/// A manifest, if it is that of this zip.
fn described(manifest: Option<Vec<u8>>, sha256: &Checksum) -> Option<Value> {
    let manifest: Value = serde_json::from_slice(&manifest?).ok()?;
    (manifest["sha256"] == sha256.hex()).then_some(manifest)
}
