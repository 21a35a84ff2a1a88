//! Objects in S3.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumMode, ChecksumType};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use super::sink::S3Sink;
use super::source::S3Source;
use crate::domain::{Checksum, ContentType, Location, Object, Sha256Digest};
use crate::ports::{ObjectStore, PortError, Put, Sink, Source};
use function_kit::aws::{code, port_error};

/// S3's id of the only version in a bucket without versioning.
const UNVERSIONED: &str = "null";

/// Makes browsers save what is at a signed link: clients choose names and types of uploads, and
/// must not have scripts run from the bucket's site.
pub const CONTENT_DISPOSITION: &str = "attachment";

/// Buckets of S3.
#[derive(Debug, Clone)]
pub struct S3Objects(Client);

impl S3Objects {
    /// Returns S3 as this configuration reaches it.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    pub(super) fn client(&self) -> &Client {
        &self.0
    }
}

#[async_trait]
impl ObjectStore for S3Objects {
    async fn put_new(
        &self,
        location: &Location,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Bytes,
    ) -> Result<Put, PortError> {
        put_new(&self.0, location, content_type, sha256, body).await
    }

    async fn newest(&self, location: &Location) -> Result<Option<Object>, PortError> {
        let operation = || format!("HeadObject in bucket {}", location.bucket);
        let head = self
            .0
            .head_object()
            .bucket(&location.bucket)
            .key(&location.key)
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        let head = match head {
            Ok(head) => head,
            // An answer without a body, and so without S3's own code.
            Err(error) if code(&error) == Some("NotFound") => return Ok(None),
            Err(error) => return Err(port_error(operation(), error)),
        };
        let checksum = checksum(
            head.checksum_type(),
            head.checksum_sha256(),
            head.checksum_crc64_nvme(),
        );
        let checksum =
            checksum.ok_or_else(|| PortError::broken(operation(), "S3 tells no checksum"))?;
        Ok(Some(Object {
            version: version(head.version_id),
            size: head.content_length.unwrap_or_default().unsigned_abs(),
            checksum,
        }))
    }

    fn source(&self, location: &Location, object: &Object) -> Box<dyn Source> {
        Box::new(S3Source::new(self.0.clone(), location, object))
    }

    fn sink(&self, location: &Location, content_type: &ContentType) -> Box<dyn Sink> {
        Box::new(S3Sink::new(self.0.clone(), location, content_type))
    }
}

/// Writes an object unless there is one of that key.
pub async fn put_new(
    client: &Client,
    location: &Location,
    content_type: &ContentType,
    sha256: Sha256Digest,
    body: Bytes,
) -> Result<Put, PortError> {
    let size = body.len() as u64;
    let sent = client
        .put_object()
        .bucket(&location.bucket)
        .key(&location.key)
        .content_type(content_type.as_str())
        .content_disposition(CONTENT_DISPOSITION)
        .checksum_sha256(BASE64_STANDARD.encode(sha256.as_bytes()))
        .if_none_match("*")
        .body(ByteStream::from(body))
        .send()
        .await;
    match sent {
        Ok(output) => Ok(Put::Created(Object {
            version: version(output.version_id),
            size,
            checksum: Checksum::Sha256(sha256),
        })),
        Err(error) if code(&error) == Some("PreconditionFailed") => Ok(Put::Exists),
        Err(error) => Err(port_error(
            format!("PutObject to bucket {}", location.bucket),
            error,
        )),
    }
}

/// Returns the version that S3 names.
pub fn version(id: Option<String>) -> String {
    id.unwrap_or_else(|| UNVERSIONED.to_owned())
}

/// S3 writes checksums in base64, and adds `-` and the number of parts to one of checksums.
fn checksum(
    kind: Option<&ChecksumType>,
    sha256: Option<&str>,
    crc64nvme: Option<&str>,
) -> Option<Checksum> {
    let Some(sha256) = sha256 else {
        return crc64nvme.map(|text| Checksum::Crc64Nvme(text.to_owned()));
    };
    if kind == Some(&ChecksumType::Composite) || sha256.contains('-') {
        return Some(Checksum::Composite(sha256.to_owned()));
    }
    let bytes = BASE64_STANDARD.decode(sha256).ok()?;
    Some(Checksum::Sha256(Sha256Digest::from(
        <[u8; 32]>::try_from(bytes).ok()?,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_read_as_s3_writes_them() {
        let whole = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        let composite = format!("{whole}-2");
        let sha256 = Sha256Digest::of(b"abc");
        for (kind, text, crc, expected) in [
            (None, Some(whole), None, Some(Checksum::Sha256(sha256))),
            (
                Some(ChecksumType::Composite),
                Some(composite.as_str()),
                None,
                Some(Checksum::Composite(composite.clone())),
            ),
            (
                Some(ChecksumType::FullObject),
                None,
                Some("AAAAAAAAAAA="),
                Some(Checksum::Crc64Nvme("AAAAAAAAAAA=".into())),
            ),
            (None, Some("x"), None, None),
            (None, None, None, None),
        ] {
            assert_eq!(checksum(kind.as_ref(), text, crc), expected);
        }
    }
}
