//! Objects in S3 that are written once and never overwritten.

use std::error::Error as StdError;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, DateTimeFormat};
use tokio::sync::OnceCell;

use crate::checksum::Checksum;
use crate::error::{Error, Result};

/// The object metadata that has the content's SHA-256. S3's own checksum is not read, because not
/// every S3-compatible store gives it.
const SHA256: &str = "sha256";

/// S3, with the credentials, region and endpoint that the AWS command line and SDKs find. Made when
/// it is first used.
#[derive(Debug, Default)]
pub struct S3 {
    config: OnceCell<SdkConfig>,
    client: OnceCell<Client>,
}

impl S3 {
    /// Credentials, region and endpoint, for S3 and for what else is asked of AWS.
    pub(crate) async fn config(&self) -> &SdkConfig {
        let load = || aws_config::defaults(BehaviorVersion::latest()).load();
        self.config.get_or_init(load).await
    }

    /// Objects of a bucket whose keys begin with `prefix` and a slash.
    pub(crate) async fn objects(&self, bucket: &str, prefix: &str) -> Objects {
        let connect = async || Client::new(self.config().await);
        let prefix = prefix.trim_matches('/');
        Objects {
            client: self.client.get_or_init(connect).await.clone(),
            bucket: bucket.to_owned(),
            prefix: if prefix.is_empty() {
                String::new()
            } else {
                format!("{prefix}/")
            },
        }
    }
}

/// An object that a [`crate::Store`] or a [`crate::Releases`] has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its version, where the bucket is versioned.
    pub version: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: Checksum,
}

/// Objects of one bucket under one prefix.
#[derive(Debug, Clone)]
pub(crate) struct Objects {
    client: Client,
    bucket: String,
    prefix: String,
}

/// What an object holds, verified.
pub(crate) struct Content {
    pub bytes: Vec<u8>,
    /// When it was written, in RFC 3339.
    pub written_at: Option<String>,
}

impl Objects {
    /// The whole key of what is named from the prefix on.
    pub fn key(&self, rest: &str) -> String {
        format!("{}{rest}", self.prefix)
    }

    /// The address of a key, for people.
    pub fn address(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    /// The same client's objects of another bucket, with whole keys.
    pub fn of_bucket(&self, bucket: &str) -> Self {
        Self {
            client: self.client.clone(),
            bucket: bucket.to_owned(),
            prefix: String::new(),
        }
    }

    /// Looks for an object.
    pub async fn find(&self, key: &str) -> Result<Option<Stored>> {
        let head = self.client.head_object().bucket(&self.bucket).key(key);
        let head = match head.send().await {
            Ok(head) => head,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(self.failed("read", key, error)),
        };
        let recorded = head.metadata().and_then(|metadata| metadata.get(SHA256));
        Ok(Some(Stored {
            sha256: self.recorded(key, recorded)?,
            bucket: self.bucket.clone(),
            key: key.to_owned(),
            version: head.version_id().map(str::to_owned),
            size: head.content_length().unwrap_or_default().cast_unsigned(),
        }))
    }

    /// Reads an object, if it is there, and makes sure that it is whole.
    pub async fn read(&self, key: &str, version: Option<&str>) -> Result<Option<Content>> {
        let object = self.client.get_object().bucket(&self.bucket).key(key);
        let object = match object
            .set_version_id(version.map(str::to_owned))
            .send()
            .await
        {
            Ok(object) => object,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(self.failed("read", key, error)),
        };
        let recorded = object.metadata().and_then(|metadata| metadata.get(SHA256));
        let recorded = self.recorded(key, recorded)?;
        let written_at = object
            .last_modified()
            .and_then(|time| time.fmt(DateTimeFormat::DateTime).ok());
        let bytes = object.body.collect().await;
        let bytes = bytes.map_err(|error| self.broken(key, &error.to_string()))?;
        let bytes = bytes.into_bytes().to_vec();
        if Checksum::of(&bytes) != recorded {
            return Err(self.broken(
                key,
                "its bytes do not have the SHA-256 that is recorded with it",
            ));
        }
        Ok(Some(Content { bytes, written_at }))
    }

    /// Writes an object that is not there yet, and leaves one that is. Says whether it wrote.
    pub async fn write_new(&self, key: &str, content: Vec<u8>, kind: &str) -> Result<bool> {
        let sha256 = Checksum::of(&content);
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(kind)
            .if_none_match("*")
            .metadata(SHA256, sha256.hex())
            .checksum_sha256(sha256.base64());
        match put.body(ByteStream::from(content)).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_there(&error) => Ok(false),
            Err(error) => Err(self.failed("write", key, error)),
        }
    }

    /// The keys directly below `folder`, which ends with a slash.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let list = self.client.list_objects_v2().bucket(&self.bucket);
        let mut pages = list.prefix(folder).delimiter("/").into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                Err(error) if is_missing(&error) => break,
                Err(error) => return Err(self.failed("list", folder, error)),
            };
            keys.extend(
                page.contents
                    .into_iter()
                    .flatten()
                    .filter_map(|object| object.key),
            );
        }
        Ok(keys)
    }

    /// Deletes an object. One that is gone already is no error.
    pub async fn delete(&self, key: &str) -> Result<()> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        let deleted = delete.send().await;
        deleted.map_err(|error| self.failed("delete", key, error))?;
        Ok(())
    }

    /// An error about what an object holds.
    pub fn broken(&self, key: &str, reason: &str) -> Error {
        Error::Store {
            action: "use",
            address: self.address(key),
            reason: reason.to_owned(),
        }
    }

    fn recorded(&self, key: &str, hex: Option<&String>) -> Result<Checksum> {
        let foreign = "it has no metadata `sha256`, so something else has put it there";
        hex.and_then(|hex| Checksum::from_hex(hex))
            .ok_or_else(|| self.broken(key, foreign))
    }

    fn failed<E: ProvideErrorMetadata + StdError + 'static>(
        &self,
        action: &'static str,
        key: &str,
        error: SdkError<E, HttpResponse>,
    ) -> Error {
        Error::Store {
            action,
            address: self.address(key),
            reason: reason(&error),
        }
    }
}

/// What S3 answered, or why it was not asked, for people.
fn reason<E: ProvideErrorMetadata + StdError + 'static>(
    error: &SdkError<E, HttpResponse>,
) -> String {
    if let Some(code) = error.code() {
        return format!("{code}: {}", error.message().unwrap_or("without a message"));
    }
    // What S3 answers to a HEAD has no body that could say more.
    let status = error.raw_response().map(|response| response.status());
    if let (SdkError::ServiceError(_), Some(status)) = (error, status) {
        return format!("S3 answered with status {status}");
    }
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        reason = format!("{reason}: {error}");
        source = error.source();
    }
    reason
}

/// Whether the object, or its bucket, is not there. A bucket may be about to be created while
/// Terraform plans.
fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(
        error.code(),
        Some("NoSuchKey" | "NoSuchBucket" | "NotFound")
    )
}

/// Whether a conditional upload failed because the object exists, or is being uploaded by another
/// at this moment.
fn is_there<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(
        error.code(),
        Some("PreconditionFailed" | "ConditionalRequestConflict")
    )
}
