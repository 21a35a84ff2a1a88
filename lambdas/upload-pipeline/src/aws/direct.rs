//! S3, as far as clients send to it and fetch from it themselves.
//!
//! A signed request binds whoever has it to what was announced: all headers of the request that is
//! signed are in `X-Amz-SignedHeaders`, the length and the checksum among them, and S3 refuses a
//! request without them or with other values ("Authenticating Requests: Using Query Parameters (AWS
//! Signature Version 4)"), and content that does not have the checksum ("Checking object integrity
//! in Amazon S3"). The SDK moves none of them to the query, and adds no checksum of its own where
//! one is given.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::types::{self, CompletedPart};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_LENGTH;

use super::content_disposition;
use super::multipart::{self, Completed};
use crate::domain::{ContentType, FileName, Location, Object, Sha256Digest};
use crate::ports::PortError;
use crate::ports::direct::{DirectStore, Joined, MAX_PAGE_PARTS, Part, PartPage, SignedRequest};
use function_kit::aws::{code, port_error};

/// How long a signed request is good for, unless the function's credentials expire before: "If you
/// created a presigned URL using a temporary token, then the URL expires when the token expires"
/// ("Download and upload objects with presigned URLs", S3 User Guide). A function cannot tell when
/// its credentials do, and so nothing more is promised.
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);

/// S3's API.
#[derive(Debug, Clone)]
pub struct S3Direct(Client);

impl S3Direct {
    /// Returns S3 as this configuration reaches it.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }
}

#[async_trait]
impl DirectStore for S3Direct {
    async fn sign_put(
        &self,
        location: &Location,
        content_type: &ContentType,
        size: u64,
        sha256: Sha256Digest,
    ) -> Result<SignedRequest, PortError> {
        let operation = "signing a PutObject";
        let request = self.0.put_object();
        let signed = request
            .bucket(&location.bucket)
            .key(&location.key)
            .content_type(content_type.as_str())
            .content_length(length(size, operation)?)
            .checksum_sha256(BASE64_STANDARD.encode(sha256.as_bytes()))
            .if_none_match("*")
            .presigned(config(operation)?)
            .await;
        signed.map(request_of).map_err(failed(operation))
    }

    async fn sign_part(
        &self,
        location: &Location,
        id: &str,
        number: u16,
        size: u64,
        sha256: Sha256Digest,
    ) -> Result<SignedRequest, PortError> {
        let operation = "signing an UploadPart";
        let request = self.0.upload_part();
        let signed = request
            .bucket(&location.bucket)
            .key(&location.key)
            .upload_id(id)
            .part_number(number.into())
            .content_length(length(size, operation)?)
            .checksum_sha256(BASE64_STANDARD.encode(sha256.as_bytes()))
            .presigned(config(operation)?)
            .await;
        signed.map(request_of).map_err(failed(operation))
    }

    async fn sign_get(
        &self,
        location: &Location,
        object: &Object,
        file_name: &FileName,
    ) -> Result<String, PortError> {
        let operation = "signing a GetObject";
        let request = self.0.get_object();
        let signed = request
            .bucket(&location.bucket)
            .key(&location.key)
            .version_id(&object.version)
            .response_content_disposition(content_disposition::attachment(file_name.as_str()))
            .presigned(config(operation)?)
            .await;
        signed
            .map(|request| request.uri().to_owned())
            .map_err(failed(operation))
    }

    async fn begin(
        &self,
        location: &Location,
        content_type: &ContentType,
    ) -> Result<String, PortError> {
        multipart::begin(&self.0, location, content_type).await
    }

    async fn abort(&self, location: &Location, id: &str) -> Result<(), PortError> {
        multipart::abort(&self.0, location, id).await
    }

    async fn begun(&self, location: &Location) -> Result<Vec<String>, PortError> {
        multipart::begun(&self.0, location).await
    }

    async fn parts(
        &self,
        location: &Location,
        id: &str,
        after: u16,
    ) -> Result<Option<PartPage>, PortError> {
        let operation = || format!("ListParts in bucket {}", location.bucket);
        let listed = self
            .0
            .list_parts()
            .bucket(&location.bucket)
            .key(&location.key)
            .upload_id(id)
            .max_parts(MAX_PAGE_PARTS.into())
            .part_number_marker(after.to_string())
            .send()
            .await;
        let listed = match listed {
            Ok(listed) => listed,
            Err(error) if code(&error) == Some("NoSuchUpload") => return Ok(None),
            Err(error) => return Err(port_error(operation(), error)),
        };
        let parts = listed.parts().iter().map(part).collect::<Option<Vec<_>>>();
        Ok(Some(PartPage {
            parts: parts.ok_or_else(|| PortError::broken(operation(), "a part makes no sense"))?,
            more: listed.is_truncated().unwrap_or(false),
        }))
    }

    async fn join(
        &self,
        location: &Location,
        id: &str,
        parts: &[Part],
    ) -> Result<Joined, PortError> {
        let parts = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number.into())
                .e_tag(&part.e_tag)
                .set_checksum_sha256(
                    part.sha256
                        .map(|sha256| BASE64_STANDARD.encode(sha256.as_bytes())),
                )
                .build()
        });
        let completed = multipart::complete(&self.0, location, id, parts.collect()).await?;
        Ok(match completed {
            Completed::Done(_) => Joined::Done,
            Completed::Exists => Joined::Exists,
            Completed::Gone => Joined::Gone,
            Completed::TimeIsUp(_) => Joined::Running,
        })
    }
}

fn config(operation: &str) -> Result<PresigningConfig, PortError> {
    PresigningConfig::expires_in(GOOD_FOR).map_err(|error| PortError::broken(operation, error))
}

fn length(size: u64, operation: &str) -> Result<i64, PortError> {
    i64::try_from(size).map_err(|error| PortError::broken(operation, error))
}

/// Every HTTP client sends `Content-Length` itself, and a browser lets no script set it.
fn request_of(signed: PresignedRequest) -> SignedRequest {
    let headers = signed.headers().filter(|(name, _)| CONTENT_LENGTH != *name);
    SignedRequest {
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        url: signed.uri().to_owned(),
    }
}

fn failed<E>(operation: &str) -> impl FnOnce(SdkError<E>) -> PortError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    move |error| port_error(operation, error)
}

fn part(part: &types::Part) -> Option<Part> {
    let sha256 = match part.checksum_sha256() {
        Some(text) => {
            let bytes = BASE64_STANDARD.decode(text).ok()?;
            Some(<[u8; 32]>::try_from(bytes).ok()?.into())
        }
        None => None,
    };
    Some(Part {
        number: part.part_number()?.try_into().ok()?,
        size: part.size()?.try_into().ok()?,
        sha256,
        e_tag: part.e_tag()?.to_owned(),
    })
}

#[cfg(test)]
mod tests;
