//! Artifacts in S3, for every machine.
//!
//! Under `<prefix>/<name>/` lie `<fingerprint>.zip` and `<fingerprint>.json`, a manifest that says
//! what the zip was made of. Both are written on the condition that they are not there, so that
//! nothing is ever overwritten; the manifest first, so that whoever finds the zip finds the
//! manifest.

use std::path::Path;

use aws_config::BehaviorVersion;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::put_object::PutObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use tokio::sync::OnceCell;

use crate::artifact::{self, Artifact};
use crate::checksum::Checksum;
use crate::package::Package;
use crate::{Error, Result};

/// The object metadata that has the zip's SHA-256. S3's own checksum is not read, because not every
/// S3-compatible store gives it.
const SHA256: &str = "sha256";

/// S3, with the credentials, region and endpoint that the AWS command line and SDKs find. Made when
/// it is first used.
#[derive(Debug, Default)]
pub struct S3 {
    client: OnceCell<Client>,
}

impl S3 {
    async fn client(&self) -> &Client {
        let connect = async || {
            let config = aws_config::defaults(BehaviorVersion::latest()).load().await;
            Client::new(&config)
        };
        self.client.get_or_init(connect).await
    }

    /// A place for artifacts in a bucket.
    pub async fn store(&self, bucket: &str, prefix: &str) -> Store {
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() {
            String::new()
        } else {
            format!("{prefix}/")
        };
        Store {
            client: self.client().await.clone(),
            bucket: bucket.to_owned(),
            prefix,
        }
    }
}

/// A place for artifacts in a bucket.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    bucket: String,
    prefix: String,
}

/// An artifact in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The bucket.
    pub bucket: String,
    /// The zip's key.
    pub key: String,
    /// The zip's version, where the bucket is versioned.
    pub version: Option<String>,
    /// The zip's size in bytes.
    pub size: u64,
    /// The zip's SHA-256.
    pub sha256: Checksum,
}

impl Store {
    fn key(&self, package: &Package, ending: &str) -> String {
        format!(
            "{}{}/{}.{ending}",
            self.prefix,
            package.name(),
            package.fingerprint()
        )
    }

    /// Looks for a package's zip.
    pub async fn find(&self, package: &Package) -> Result<Option<Stored>> {
        let key = self.key(package, "zip");
        let head = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(&key)
            .send()
            .await;
        let head = match head {
            Ok(head) => head,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_not_found()) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(self.failed("read", &key, error)),
        };
        let recorded = head.metadata().and_then(|metadata| metadata.get(SHA256));
        let sha256 = recorded
            .and_then(|hex| Checksum::from_hex(hex))
            .ok_or_else(|| {
                self.broken(
                    &key,
                    "it has no metadata `sha256`, so something else has put it there",
                )
            })?;
        let size = head.content_length().unwrap_or_default().cast_unsigned();
        let version = head.version_id().map(str::to_owned);
        Ok(Some(Stored {
            bucket: self.bucket.clone(),
            key,
            version,
            size,
            sha256,
        }))
    }

    /// Downloads a stored zip into a folder, and makes sure that it is whole.
    pub(crate) async fn fetch(
        &self,
        package: &Package,
        stored: &Stored,
        folder: &Path,
    ) -> Result<Artifact> {
        tracing::info!("downloading s3://{}/{}", stored.bucket, stored.key);
        let object = self
            .client
            .get_object()
            .bucket(&stored.bucket)
            .key(&stored.key);
        let object = object.set_version_id(stored.version.clone()).send().await;
        let object = object.map_err(|error| self.failed("read", &stored.key, error))?;
        let bytes = object
            .body
            .collect()
            .await
            .map_err(|error| self.broken(&stored.key, &error.to_string()))?
            .into_bytes();
        if Checksum::of(&bytes) != stored.sha256 {
            return Err(self.broken(
                &stored.key,
                "its bytes do not have the SHA-256 that is recorded with it",
            ));
        }
        artifact::write(folder, package.name(), package.fingerprint(), &bytes, None)
    }

    /// Uploads a package's zip and manifest. If another machine was quicker, what it put there is
    /// given.
    pub(crate) async fn put(&self, package: &Package, artifact: &Artifact) -> Result<Stored> {
        let zip = std::fs::read(&artifact.file).map_err(Error::read(&artifact.file))?;
        let manifest = self.key(package, "json");
        self.put_new(&manifest, package.provenance(artifact), "application/json")
            .await?;
        let key = self.key(package, "zip");
        tracing::info!("uploading s3://{}/{key}", self.bucket);
        self.put_new(&key, zip, "application/zip").await?;
        let missing = || self.broken(&key, "it was uploaded and is not there");
        self.find(package).await?.ok_or_else(missing)
    }

    /// Uploads an object that is not there yet; leaves one that is.
    async fn put_new(&self, key: &str, content: Vec<u8>, kind: &str) -> Result<()> {
        let sha256 = Checksum::of(&content);
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(kind);
        let put = put
            .if_none_match("*")
            .metadata(SHA256, sha256.hex())
            .checksum_sha256(sha256.base64());
        match put.body(ByteStream::from(content)).send().await {
            Ok(PutObjectOutput { .. }) => Ok(()),
            Err(error) if is_there(&error) => Ok(()),
            Err(error) => Err(self.failed("write", key, error)),
        }
    }

    fn failed<E: std::error::Error>(&self, action: &'static str, key: &str, error: E) -> Error {
        Error::Store {
            action,
            address: format!("s3://{}/{key}", self.bucket),
            reason: DisplayErrorContext(error).to_string(),
        }
    }

    fn broken(&self, key: &str, reason: &str) -> Error {
        Error::Store {
            action: "use",
            address: format!("s3://{}/{key}", self.bucket),
            reason: reason.to_owned(),
        }
    }
}

/// Whether a conditional upload failed because the object exists, or is being uploaded by another
/// at this moment.
fn is_there<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(
        error.code(),
        Some("PreconditionFailed" | "ConditionalRequestConflict")
    )
}
