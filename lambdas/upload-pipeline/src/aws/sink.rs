//! A new object in S3, written as it is made: in one request if it is small, and as a multipart
//! upload if not.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::CompletedPart;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::multipart::{self, Completed};
use super::object_store::put_new;
use crate::domain::{Checksum, ContentType, Location, Object, Sha256Digest};
use crate::ports::{PortError, Put, Sink};
use function_kit::aws::port_error;

/// Size of a part but the last, in bytes: the least that S3 takes ("Amazon S3 multipart upload
/// limits"). With the 10,000 parts that it takes, a result has 48.8 GiB at most, which is more than
/// a function writes in 15 minutes.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// A new object.
pub struct S3Sink {
    target: Target,
    content_type: ContentType,
    /// Bytes of the part that is next.
    buffer: BytesMut,
    hasher: Sha256,
    size: u64,
    parts: Option<Parts>,
}

#[derive(Clone)]
struct Target {
    client: Client,
    location: Location,
}

/// A multipart upload, which is aborted when it is dropped.
struct Parts {
    target: Target,
    upload_id: String,
    sent: Vec<CompletedPart>,
    /// Sum of the sent parts' sizes.
    bytes: u64,
    is_complete: bool,
}

impl S3Sink {
    /// Returns an object of no bytes yet.
    pub fn new(client: Client, location: &Location, content_type: &ContentType) -> Self {
        Self {
            target: Target {
                client,
                location: location.clone(),
            },
            content_type: content_type.clone(),
            buffer: BytesMut::new(),
            hasher: Sha256::new(),
            size: 0,
            parts: None,
        }
    }

    /// Sends the first bytes of the buffer as a part.
    async fn send_part(&mut self, bytes: usize) -> Result<(), PortError> {
        let part = self.buffer.split_to(bytes).freeze();
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => none.insert(Parts::begin(&self.target, &self.content_type).await?),
        };
        parts.send(part).await
    }

    /// Fails when bytes were lost: a write that failed, or was dropped before its end, has not sent
    /// them.
    fn check_size(&self) -> Result<(), PortError> {
        let sent = self.parts.as_ref().map_or(0, |parts| parts.bytes);
        if sent + self.buffer.len() as u64 == self.size {
            return Ok(());
        }
        let bucket = &self.target.location.bucket;
        let operation = format!("finishing an object in bucket {bucket}");
        Err(PortError::broken(
            operation,
            "an earlier write to it did not end",
        ))
    }
}

#[async_trait]
impl Sink for S3Sink {
    async fn write(&mut self, bytes: Bytes) -> Result<(), PortError> {
        self.hasher.update(&bytes);
        self.size += bytes.len() as u64;
        self.buffer.extend_from_slice(&bytes);
        while self.buffer.len() > PART_BYTES {
            self.send_part(PART_BYTES).await?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<Put, PortError> {
        self.check_size()?;
        let sha256 = Sha256Digest::finish(self.hasher.clone());
        if self.parts.is_none() {
            let Target { client, location } = &self.target;
            let body = self.buffer.split().freeze();
            return put_new(client, location, &self.content_type, sha256, body).await;
        }
        self.send_part(self.buffer.len()).await?;
        let Some(parts) = self.parts.take() else {
            return Ok(Put::Exists);
        };
        let version = parts.complete().await?;
        Ok(version.map_or(Put::Exists, |version| {
            Put::Created(Object {
                version,
                size: self.size,
                checksum: Checksum::Sha256(sha256),
            })
        }))
    }
}

impl Parts {
    /// Whoever writes an object is the only one, and so what else was begun is what a try has left
    /// that was killed.
    async fn begin(target: &Target, content_type: &ContentType) -> Result<Self, PortError> {
        let Target { client, location } = target;
        for left in multipart::begun(client, location).await? {
            multipart::abort(client, location, &left).await?;
        }
        Ok(Self {
            target: target.clone(),
            upload_id: multipart::begin(client, location, content_type).await?,
            sent: Vec::new(),
            bytes: 0,
            is_complete: false,
        })
    }

    async fn send(&mut self, body: Bytes) -> Result<(), PortError> {
        let Target { client, location } = &self.target;
        let size = body.len() as u64;
        let checksum = BASE64_STANDARD.encode(Sha256Digest::of(&body).as_bytes());
        // S3 refuses the 10,001st part.
        let number = self.sent.len() as i32 + 1;
        let sent = client
            .upload_part()
            .bucket(&location.bucket)
            .key(&location.key)
            .upload_id(&self.upload_id)
            .part_number(number)
            .checksum_sha256(&checksum)
            .body(ByteStream::from(body))
            .send()
            .await
            .map_err(|error| port_error(format!("UploadPart to {}", location.bucket), error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .checksum_sha256(checksum)
            .set_e_tag(sent.e_tag);
        self.sent.push(part.build());
        self.bytes += size;
        Ok(())
    }

    /// Makes the object and returns its version; nothing, if there is one of that key.
    async fn complete(mut self) -> Result<Option<String>, PortError> {
        let Target { client, location } = &self.target;
        let parts = std::mem::take(&mut self.sent);
        let completed = multipart::complete(client, location, &self.upload_id, parts).await?;
        self.is_complete = matches!(completed, Completed::Done(_) | Completed::Gone);
        match completed {
            Completed::Done(version) => Ok(Some(version)),
            // An earlier try completed it, whose answer was lost.
            Completed::Gone | Completed::Exists => Ok(None),
            Completed::TimeIsUp(error) => Err(error),
        }
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        // Without a runtime the process is ending; the bucket's lifecycle removes the parts then.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if self.is_complete {
            return;
        }
        let Target { client, location } = self.target.clone();
        let upload_id = std::mem::take(&mut self.upload_id);
        runtime.spawn(async move {
            // After a conflict S3 has removed it by itself.
            if let Err(error) = multipart::abort(&client, &location, &upload_id).await {
                tracing::warn!(cause = function_kit::text::chain(&error), "parts were left");
            }
        });
    }
}

#[cfg(test)]
mod tests;
