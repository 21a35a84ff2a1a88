//! What the adapters of any AWS service share: the SDK's configuration and its errors.

#[cfg(feature = "eventbridge")]
mod bus;
mod sleep;
#[cfg(feature = "sqs")]
mod sqs;
#[cfg(feature = "dynamodb")]
pub mod table;
#[cfg(feature = "dynamodb")]
pub mod transaction;

use std::error::Error;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::port::{PortError, PortErrorKind};

#[cfg(feature = "eventbridge")]
pub use bus::Bus;
#[cfg(feature = "sqs")]
pub use sqs::Queue;

/// Time for one try of one call. S3 takes 5 MiB well within it.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(4);

/// Time for a call with all its tries, if its invocation's [deadline](crate::Deadline) leaves it as
/// much.
const CALL_TIMEOUT: Duration = Duration::from_secs(8);

/// The SDK's configuration: region, credentials, endpoint and retries as the environment has
/// them, and no call that outlasts its invocation.
pub async fn sdk_config() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .sleep_impl(sleep::UntilDeadline)
        .load()
        .await
}

/// The port's error for a call of which the SDK's own retries have failed.
pub fn port_error<E>(operation: impl Into<String>, error: SdkError<E, HttpResponse>) -> PortError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    PortError {
        operation: operation.into(),
        kind: kind(&error),
        source: error.into(),
    }
}

/// The service's code for the error.
pub fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(|service| service.code())
}

/// Codes of errors that a later try may not meet, besides those that the SDK knows
/// (`THROTTLING_ERRORS`, `TRANSIENT_ERRORS`) and besides all with a status of 5xx or 429.
const MORE_TRANSIENT_ERRORS: [&str; 15] = [
    // DynamoDB: another write or transaction is at the same rows ("Error handling with DynamoDB";
    // "PutItem", Errors).
    "TransactionConflict",
    "TransactionConflictException",
    "ReplicatedWriteConflictException",
    // DynamoDB, for a single write of a transaction ("TransactWriteItems", Cancellation Reasons).
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    // What KMS throttles, as each service passes it on: Kinesis ("PutRecord", Errors), Step
    // Functions ("StartExecution", Errors), SQS ("SendMessage", Errors; the former is its code in
    // the query protocol's header) and S3.
    "KMSThrottlingException",
    "KmsThrottlingException",
    "KMS.ThrottlingException",
    "KmsThrottled",
    // EventBridge: for a single entry of PutEvents ("PutEventsResultEntry"), and for the call
    // ("PutEvents", Errors).
    "InternalFailure",
    "InternalException",
    // Step Functions: running executions end ("StartExecution", Errors).
    "ExecutionLimitExceeded",
    // S3: another write of the same key is under way ("Error responses").
    "ConditionalRequestConflict",
    "OperationAborted",
    // S3: CompleteMultipartUpload may fail after it has answered 200 ("CompleteMultipartUpload").
    "InternalError",
];

/// Returns what kind of failure the service's code for an error is: of a call, of one entry of a
/// batch, or of one write of a transaction.
pub fn kind_of(code: &str) -> PortErrorKind {
    let known = [THROTTLING_ERRORS, TRANSIENT_ERRORS, &MORE_TRANSIENT_ERRORS];
    match known.iter().any(|codes| codes.contains(&code)) {
        true => PortErrorKind::Busy,
        false => PortErrorKind::Broken,
    }
}

fn kind<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> PortErrorKind {
    let busy = match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::DispatchFailure(failure) => !failure.is_user(),
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let code = service.err().code().unwrap_or_default();
            status >= 500 || status == 429 || kind_of(code) == PortErrorKind::Busy
        }
        _ => false,
    };
    if busy {
        PortErrorKind::Busy
    } else {
        PortErrorKind::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_try_may_not_meet_is_busy() {
        for code in [
            "TransactionConflict",
            "TransactionConflictException",
            "ReplicatedWriteConflictException",
            "KMSThrottlingException",
            "KmsThrottlingException",
            "KMS.ThrottlingException",
            "KmsThrottled",
            "ThrottlingException",
            "ProvisionedThroughputExceededException",
            "InternalFailure",
            "InternalException",
            "ExecutionLimitExceeded",
            "ConditionalRequestConflict",
            "OperationAborted",
            "InternalError",
            "SlowDown",
            "RequestTimeout",
        ] {
            assert_eq!(kind_of(code), PortErrorKind::Busy, "{code}");
        }
        for code in [
            "",
            "AccessDeniedException",
            "ValidationException",
            "KMSDisabledException",
            "KMSAccessDeniedException",
            // Of a single entry of PutEvents.
            "MalformedDetail",
            "NotAuthorizedForSourceException",
            "RedactionFailure",
        ] {
            assert_eq!(kind_of(code), PortErrorKind::Broken, "{code}");
        }
    }
}
