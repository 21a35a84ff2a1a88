//! Objects in S3.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::domain::{ContentType, ObjectVersion, Sha256Digest};
use crate::ports::{ObjectStore, PortError, PortErrorKind, Put};
use function_kit::aws::{broken, code, port_error};

/// S3's id of the only version in a bucket without versioning.
const UNVERSIONED: &str = "null";

/// Buckets of S3.
#[derive(Debug, Clone)]
pub struct S3Objects(Client);

impl S3Objects {
    /// S3 as this configuration reaches it.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

#[async_trait]
impl ObjectStore for S3Objects {
    async fn put_new(
        &self,
        bucket: &str,
        key: &str,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Vec<u8>,
    ) -> Result<Put, PortError> {
        let sent = self
            .0
            .put_object()
            .bucket(bucket)
            .key(key)
            .content_type(content_type.as_str())
            // The client chose the type: a signed link must not run it as a script.
            .content_disposition("attachment")
            .checksum_sha256(BASE64_STANDARD.encode(sha256.as_bytes()))
            .if_none_match("*")
            .body(ByteStream::from(body))
            .send()
            .await;
        match sent {
            Ok(output) => Ok(Put::Created {
                version: output.version_id.unwrap_or_else(|| UNVERSIONED.to_owned()),
            }),
            Err(error) if code(&error) == Some("PreconditionFailed") => Ok(Put::Exists),
            Err(error) => Err(port_error(format!("PutObject to bucket {bucket}"), error)),
        }
    }

    async fn get(&self, object: &ObjectVersion, limit: u64) -> Result<Option<Vec<u8>>, PortError> {
        let operation = format!("GetObject from bucket {}", object.bucket);
        let sent = self
            .0
            .get_object()
            .bucket(&object.bucket)
            .key(&object.key)
            .version_id(&object.version)
            .send()
            .await;
        let output = match sent {
            Ok(output) => output,
            Err(error) if is_absent(code(&error)) => return Ok(None),
            Err(error) => return Err(port_error(operation, error)),
        };
        read(output.body, limit)
            .await
            .map(Some)
            .map_err(|error| PortError {
                kind: PortErrorKind::Busy,
                ..broken(operation, error)
            })
    }
}

/// S3 says so only to a role with `s3:ListBucket`; without, it says AccessDenied for both. A
/// version id that S3 never gave out is an invalid argument to it.
fn is_absent(code: Option<&str>) -> bool {
    matches!(
        code,
        Some("NoSuchKey" | "NoSuchVersion" | "MethodNotAllowed" | "InvalidArgument")
    )
}

async fn read(
    mut body: ByteStream,
    limit: u64,
) -> Result<Vec<u8>, aws_sdk_s3::primitives::ByteStreamError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.try_next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > limit {
            break;
        }
    }
    Ok(bytes)
}
