//! The bytes of an object in S3.

use std::ops::Range;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::domain::{Location, Object};
use crate::ports::{Chunks, PortError, PortErrorKind, ReadError, Source};
use function_kit::aws::{code, port_error};

/// One version of an object.
pub struct S3Source {
    client: Client,
    location: Location,
    version: String,
    size: u64,
}

impl S3Source {
    /// Returns that version of the object.
    pub fn new(client: Client, location: &Location, object: &Object) -> Self {
        Self {
            client,
            location: location.clone(),
            version: object.version.clone(),
            size: object.size,
        }
    }

    fn operation(&self) -> String {
        format!("GetObject from bucket {}", self.location.bucket)
    }
}

#[async_trait]
impl Source for S3Source {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Box<dyn Chunks>, ReadError> {
        // HTTP has no range of no bytes. Without a range, the SDK compares S3's checksum.
        let is_part = !range.is_empty() && range != (0..self.size);
        let header = is_part.then(|| format!("bytes={}-{}", range.start, range.end - 1));
        let sent = self
            .client
            .get_object()
            .bucket(&self.location.bucket)
            .key(&self.location.key)
            .version_id(&self.version)
            .set_range(header)
            .send()
            .await;
        let output = sent.map_err(|error| match code(&error) {
            Some("NoSuchKey") => ReadError::NoSuchKey,
            // S3 says so only to a role with `s3:ListBucket`; without, it says AccessDenied. A
            // version id that S3 never gave out is an invalid argument to it, and one of a delete
            // marker no object of the method GET.
            Some("NoSuchVersion" | "MethodNotAllowed" | "InvalidArgument") => {
                ReadError::NoSuchVersion
            }
            _ => port_error(self.operation(), error).into(),
        })?;
        let mut body = S3Chunks {
            body: output.body,
            operation: self.operation(),
        };
        if range.is_empty() {
            body.body = ByteStream::default();
        }
        Ok(Box::new(body))
    }
}

struct S3Chunks {
    body: ByteStream,
    operation: String,
}

#[async_trait]
impl Chunks for S3Chunks {
    async fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        while let Some(bytes) = self.body.next().await {
            let bytes = bytes.map_err(|error| PortError {
                operation: self.operation.clone(),
                kind: PortErrorKind::Busy,
                source: error.into(),
            })?;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}
