//! Releases: artifacts under a semantic version, for those who have neither sources nor compiler.
//!
//! Under `<prefix>/<name>/releases/<architecture>/` lie `<version>.json`, the record of a release,
//! and its zip `<version>/<first 12 digits of its SHA-256>.zip`. The record is written last and on
//! the condition that it is not there: it alone makes a release, whole and once. It is deleted
//! first.

mod publish;
mod publishers;

use std::path::PathBuf;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checksum::Checksum;
use crate::error::{Error, Missing, Result, Taken};
use crate::plan::fingerprint::Fingerprint;
use crate::request::Architecture;
use crate::store::constraint::Constraint;
use crate::store::place::Place;
use crate::store::s3::{Objects, S3, Stored};
use crate::store::signature::{self, Check, PublicKey};
use crate::store::version::next;

pub use self::publishers::new_publisher;

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
    /// The SHA-256 that the published zip has to have, whoever publishes it.
    pub pinned: Option<Checksum>,
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

/// What there is of a version.
#[derive(Debug)]
pub enum Published {
    /// No record.
    Nothing,
    /// A record whose zip is gone, by a lifecycle rule for instance.
    Expired {
        /// What tells its contents from others.
        fingerprint: Fingerprint,
        /// When it was published, in RFC 3339.
        published_at: Option<String>,
    },
    /// The record and its zip.
    Whole(Box<Release>),
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
    /// Opens the releases of a function at a place.
    pub async fn open(
        s3: &S3,
        place: Place,
        name: &str,
        architecture: Architecture,
    ) -> Result<Self> {
        Ok(Self {
            objects: s3.objects(place).await?,
            name: name.to_owned(),
            architecture,
        })
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

    /// Looks for a release. Fails where there is only a part of it.
    pub async fn find(&self, version: &Version) -> Result<Option<Release>> {
        match self.look(version).await? {
            Published::Nothing => Ok(None),
            Published::Whole(release) => Ok(Some(*release)),
            Published::Expired { .. } => {
                let reason = "its zip is not there. Its publisher restores it with the next apply";
                Err(self.objects.broken(&self.record_key(version), reason))
            }
        }
    }

    /// Looks for what there is of a version.
    pub async fn look(&self, version: &Version) -> Result<Published> {
        let key = self.record_key(version);
        let Some(content) = self.objects.read(&key).await? else {
            return Ok(Published::Nothing);
        };
        let record: Record = serde_json::from_slice(&content.bytes)
            .map_err(|error| self.objects.broken(&key, &error.to_string()))?;
        self.expect_own(&key, version, &record)?;
        let Some(zip) = self.objects.find(&record.key, None).await? else {
            let fingerprint = Fingerprint::from_hex(record.source_fingerprint);
            return Ok(Published::Expired {
                fingerprint,
                published_at: content.written_at,
            });
        };
        if zip.sha256.hex() != record.sha256 {
            return Err(self
                .objects
                .broken(&key, "its zip is not the one that it records"));
        }
        Ok(Published::Whole(Box::new(Release {
            version: record.version,
            fingerprint: Fingerprint::from_hex(record.source_fingerprint),
            runtime: record.runtime,
            handler: record.handler,
            zip,
            published_at: content.written_at,
        })))
    }

    /// Fails where a record is that of another release: an old one, with the signature of its
    /// publisher, must not pass for a newer version.
    fn expect_own(&self, key: &str, version: &Version, record: &Record) -> Result<()> {
        let Record {
            name, architecture, ..
        } = record;
        if (name, &record.version, architecture.as_str())
            == (&self.name, version, self.architecture.name())
        {
            return Ok(());
        }
        let of = format!("`{name}` {} for {architecture}", record.version);
        Err(self
            .objects
            .broken(key, &format!("it is the record of {of}")))
    }

    /// The newest release that a constraint allows.
    pub async fn resolve(&self, constraint: &Constraint) -> Result<Release> {
        let published = self.versions().await?;
        let found = match constraint.newest(&published) {
            Some(version) => self.find(version).await?,
            None => None,
        };
        if let Some(release) = found {
            return Ok(release);
        }
        let names = match published.is_empty() {
            true => self.names().await?,
            false => Vec::new(),
        };
        Err(Error::ReleaseMissing(Box::new(Missing {
            name: self.name.clone(),
            architecture: self.architecture.name(),
            address: self.objects.address(&self.key("")),
            constraint: constraint.to_string(),
            published: published.iter().map(Version::to_string).collect(),
            names,
        })))
    }

    /// The names that have releases at this place, the most similar to this one first.
    async fn names(&self) -> Result<Vec<String>> {
        let prefix = self.objects.key("");
        let mut names = Vec::new();
        for folder in self.objects.list(&prefix).await? {
            let releases = format!("{folder}releases/");
            if folder.ends_with('/') && !self.objects.list(&releases).await?.is_empty() {
                let name = folder.strip_prefix(&prefix).unwrap_or(&folder);
                names.push(name.trim_end_matches('/').to_owned());
            }
        }
        let similar = |name: &String| strsim::jaro_winkler(name, &self.name);
        names.sort_by(|a, b| similar(b).total_cmp(&similar(a)));
        Ok(names)
    }

    /// Fails where a version's SHA-256 is not the one that it is pinned to.
    pub fn pinned(
        &self,
        version: &Version,
        sha256: Checksum,
        pinned: Option<Checksum>,
    ) -> Result<()> {
        match pinned {
            Some(pinned) if pinned != sha256 => Err(Error::ReleaseNotPinned {
                name: self.name.clone(),
                version: version.to_string(),
                published: sha256.hex(),
                pinned: pinned.hex(),
            }),
            _ => Ok(()),
        }
    }

    /// Fails where nothing may be written.
    pub fn expect_writable(&self, version: &Version) -> Result<()> {
        self.objects.writable("write", &self.record_key(version))
    }

    /// Fails unless a publisher has signed a release's zip. Reads the zip.
    pub async fn verify(&self, release: &Release, key: &PublicKey) -> Result<()> {
        let (zip, version) = (&release.zip.key, release.zip.version.as_deref());
        let refused = |reason: String| Error::Signature {
            address: self.objects.address(zip),
            reason,
        };
        let file = format!("{zip}.minisig");
        let text = self.objects.read(&file).await?;
        let text = text.ok_or_else(|| {
            let address = self.objects.address(&file);
            refused(format!(
                "there is no {address}. Ask its publisher to sign it"
            ))
        })?;
        let signature = signature::signature(&text.bytes).map_err(refused)?;
        let (name, architecture) = (&self.name, self.architecture.name());
        let comment = format!("{name} {} {architecture}", release.version);
        let check = Check::begin(key, &signature, &comment).map_err(refused)?;
        let (check, sha256) = self.objects.copy(zip, version, check).await?;
        check.finish().map_err(refused)?;
        if sha256 == release.zip.sha256 {
            return Ok(());
        }
        Err(self
            .objects
            .broken(zip, "its bytes changed while it was read"))
    }

    /// Looks for a version that is to be published: the release if it has these contents already,
    /// nothing if the version is free or its zip is gone, and an error if it has others.
    pub async fn claim(
        &self,
        version: &Version,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Release>> {
        let (published, published_at, release) = match self.look(version).await? {
            Published::Nothing => return Ok(None),
            Published::Expired {
                fingerprint,
                published_at,
            } => (fingerprint, published_at, None),
            Published::Whole(release) => (
                release.fingerprint.clone(),
                release.published_at.clone(),
                Some(*release),
            ),
        };
        if published == *fingerprint {
            return Ok(release);
        }
        let next = next(version, &self.versions().await?);
        Err(Error::ReleaseTaken(Box::new(Taken {
            name: self.name.clone(),
            version: version.to_string(),
            published: published.short().to_owned(),
            published_at: published_at.unwrap_or_default(),
            given: fingerprint.short().to_owned(),
            next: next.to_string(),
        })))
    }
}
