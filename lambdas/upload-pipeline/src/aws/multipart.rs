//! Multipart uploads, as whoever makes an object of parts needs them.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Builder, StalledStreamProtectionConfig};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use super::object_store::{CONTENT_DISPOSITION, version};
use crate::domain::{ContentType, Location};
use crate::ports::PortError;
use function_kit::aws::{code, port_error};

/// Time for S3 to make an object of its parts, which "could take several minutes"
/// ("CompleteMultipartUpload"); less, if the invocation ends before.
const COMPLETION_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Outcome of completing a multipart upload.
pub enum Completed {
    /// The object was made; this is its version.
    Done(String),
    /// There is an object of that key.
    Exists,
    /// There is no such multipart upload: an earlier try completed it, or it was aborted.
    Gone,
    /// The time was over. S3 may complete it all the same.
    TimeIsUp(PortError),
}

/// Begins a multipart upload whose parts have SHA-256 checksums, and returns its id.
pub async fn begin(
    client: &Client,
    location: &Location,
    content_type: &ContentType,
) -> Result<String, PortError> {
    let operation = || format!("CreateMultipartUpload in bucket {}", location.bucket);
    let begun = client
        .create_multipart_upload()
        .bucket(&location.bucket)
        .key(&location.key)
        .content_type(content_type.as_str())
        .content_disposition(CONTENT_DISPOSITION)
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .send()
        .await
        .map_err(|error| port_error(operation(), error))?;
    begun
        .upload_id
        .ok_or_else(|| PortError::broken(operation(), "S3 names no upload"))
}

/// Makes an object of the parts, unless there is one of that key.
pub async fn complete(
    client: &Client,
    location: &Location,
    id: &str,
    parts: Vec<CompletedPart>,
) -> Result<Completed, PortError> {
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
    let completed = client
        .complete_multipart_upload()
        .bucket(&location.bucket)
        .key(&location.key)
        .upload_id(id)
        .if_none_match("*")
        .multipart_upload(parts.build())
        .customize()
        .config_override(completion())
        .send()
        .await;
    let operation = || format!("CompleteMultipartUpload in bucket {}", location.bucket);
    match completed {
        Ok(output) => Ok(Completed::Done(version(output.version_id))),
        Err(error) => match code(&error) {
            Some("NoSuchUpload") => Ok(Completed::Gone),
            Some("PreconditionFailed") => Ok(Completed::Exists),
            _ if matches!(error, SdkError::TimeoutError(_)) => {
                Ok(Completed::TimeIsUp(port_error(operation(), error)))
            }
            _ => Err(port_error(operation(), error)),
        },
    }
}

/// Aborts a multipart upload, if it is there.
pub async fn abort(client: &Client, location: &Location, id: &str) -> Result<(), PortError> {
    let aborted = client
        .abort_multipart_upload()
        .bucket(&location.bucket)
        .key(&location.key)
        .upload_id(id)
        .send()
        .await;
    match aborted {
        Err(error) if code(&error) != Some("NoSuchUpload") => {
            let operation = format!("AbortMultipartUpload in bucket {}", location.bucket);
            Err(port_error(operation, error))
        }
        _ => Ok(()),
    }
}

/// S3 answers at once, and then sends white space until it is done.
fn completion() -> Builder {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(COMPLETION_TIMEOUT)
        .operation_timeout(COMPLETION_TIMEOUT)
        .build();
    Builder::new()
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}

/// Returns the ids of all multipart uploads of exactly that key.
pub async fn begun(client: &Client, location: &Location) -> Result<Vec<String>, PortError> {
    let (mut ids, mut after) = (Vec::new(), (None, None));
    loop {
        let page = client
            .list_multipart_uploads()
            .bucket(&location.bucket)
            .prefix(&location.key)
            .set_key_marker(after.0)
            .set_upload_id_marker(after.1)
            .send()
            .await;
        let operation = || format!("ListMultipartUploads in bucket {}", location.bucket);
        let page = page.map_err(|error| port_error(operation(), error))?;
        for upload in page.uploads() {
            if upload.key() == Some(&location.key) {
                ids.extend(upload.upload_id().map(str::to_owned));
            }
        }
        if page.is_truncated() != Some(true) {
            return Ok(ids);
        }
        after = (page.next_key_marker, page.next_upload_id_marker);
    }
}
