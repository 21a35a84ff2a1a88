//! What a refused or failed request is answered.

use std::time::Duration;

use function_kit::problem::InvalidMember;
use function_kit::{Problem, ProblemType};
use http::HeaderValue;
use http::header::RETRY_AFTER;

use crate::direct::Refusal;
use crate::domain::Exceeded;
use crate::open::OpenError;
use crate::receive::ReceiveError;

/// When a quota may have room again by itself: an upload in one piece that does not come is given up
/// after an hour. Nothing else helps than to delete or to complete uploads.
const QUOTA_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Unknown => Self::not_found(detail),
            Refusal::State(_) => Self::new(ProblemType::NOT_ACCEPTABLE_STATE, detail),
            Refusal::NoSuchPart { index, .. } => Self::invalid_members(vec![InvalidMember {
                detail,
                pointer: format!("/parts/{index}/number"),
            }]),
            Refusal::PartsMissing(missing) => {
                Self::new(ProblemType::PARTS_MISSING, detail).with_extension("missing", missing)
            }
            Refusal::Port(error) => error.into(),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Port(error) => error.into(),
            OpenError::QuotaExceeded(exceeded) => quota_exceeded(exceeded),
            OpenError::KeyReused => Self::new(
                ProblemType::KEY_REUSED,
                "the Idempotency-Key stands for another upload; send a new key with a new upload",
            ),
            OpenError::Gone => Self::new(
                ProblemType::KEY_IN_USE,
                "the upload that the Idempotency-Key stands for was deleted or given up; send a new key",
            ),
        }
    }
}

fn quota_exceeded(exceeded: Exceeded) -> Problem {
    let (quota, limit, detail) = match exceeded {
        Exceeded::Bytes(limit) => (
            "bytes",
            limit,
            format!("you may have {limit} bytes of uploads; delete some first"),
        ),
        Exceeded::OpenUploads(limit) => (
            "open_uploads",
            limit,
            format!(
                "you may have {limit} announced uploads at once; complete or delete some first"
            ),
        ),
    };
    Problem::new(ProblemType::QUOTA_EXCEEDED, detail)
        .with_extension("quota", quota)
        .with_extension("limit", limit)
        .with_header(RETRY_AFTER, HeaderValue::from(QUOTA_RETRY_AFTER.as_secs()))
}

/// An upload that may be processed yet tells its id, so that the client can look before it tries
/// again.
impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::NotOpened(error) => error.into(),
            ReceiveError::NotQueued { upload_id, cause } => Self::from(cause)
                .with_detail(format!(
                    "the upload was not acknowledged, and may be processed all the same; \
                     before you try again, look at /uploads/{upload_id}"
                ))
                .with_extension("upload_id", upload_id.to_string()),
        }
    }
}
