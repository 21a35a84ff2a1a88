//! What S3 answers, and what the SDK says without an answer, told apart.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::error::StoreFault;
use crate::error::store::sentence;

/// What was asked of S3.
pub(super) struct Asked<'a> {
    /// The IAM actions that it needs.
    pub action: &'static str,
    pub bucket: &'a str,
    /// The account that is to own the bucket.
    pub owner: Option<&'a str>,
}

/// Why a request failed.
pub(super) fn fault<E: ProvideErrorMetadata + StdError + 'static>(
    error: &SdkError<E, HttpResponse>,
    asked: &Asked<'_>,
) -> StoreFault {
    if let Some(fault) = of_credentials(error) {
        return fault;
    }
    if matches!(
        error,
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)
    ) {
        let reason = StoreFault::chain(error);
        return StoreFault::NoNetwork { reason };
    }
    let response = error.raw_response();
    let status = response.map(|response| response.status().as_u16());
    let code = error.code().unwrap_or_default();
    let reason = match (error.message(), status) {
        (Some(message), _) => sentence(&format!("{code}: {message}")),
        (None, _) if !code.is_empty() => code.to_owned(),
        (None, Some(status)) => format!("S3 answered with status {status}"),
        (None, None) => StoreFault::chain(error),
    };
    // <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    match (code, status) {
        ("ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired", _) => {
            StoreFault::Expired { reason }
        }
        (
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidToken"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId",
            _,
        ) => StoreFault::Unaccepted { reason },
        (
            "PermanentRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException",
            _,
        )
        | (_, Some(301 | 307)) => {
            let region =
                response.and_then(|response| response.headers().get("x-amz-bucket-region"));
            let named = error.message().and_then(expected_region);
            let region = region.map(str::to_owned).or(named);
            StoreFault::WrongRegion { region }
        }
        ("NoSuchBucket", _) => StoreFault::NoBucket {
            bucket: asked.bucket.to_owned(),
        },
        ("AccessDenied", _) | (_, Some(403)) => StoreFault::Denied {
            action: asked.action,
            reason,
            owner: asked.owner.map(str::to_owned),
        },
        _ => StoreFault::Other { reason },
    }
}

/// The region in "The authorization header is malformed; the region 'us-east-1' is wrong; expecting
/// 'eu-west-1'".
fn expected_region(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    Some(rest.split_once('\'')?.0.to_owned())
}

/// Why there are no credentials, where that is the cause.
fn of_credentials(error: &(dyn StdError + 'static)) -> Option<StoreFault> {
    let mut source = Some(error);
    while let Some(error) = source {
        if error.is::<CredentialsError>() {
            let reason = StoreFault::chain(error);
            let expired = reason.to_lowercase().contains("expired");
            return Some(if expired {
                StoreFault::Expired { reason }
            } else {
                StoreFault::NoCredentials { reason }
            });
        }
        source = error.source();
    }
    None
}
