//! What a request that is repeated finds: which upload it made.

use std::time::Duration;

use function_kit::Owner;
use function_kit::idempotency::{IdempotencyKey, KEPT};
use jiff::Timestamp;

use super::{Sha256Digest, Upload, UploadId};

/// For how long a receipt is found: an hour longer than is promised, for clocks that differ.
const FOUND: Duration = KEPT.saturating_add(Duration::from_secs(60 * 60));

/// Which upload a key of an owner's stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose key.
    pub owner: Owner,
    /// The key.
    pub key: IdempotencyKey,
    /// The upload that its first request made.
    pub upload_id: UploadId,
    /// Digest of that request's body.
    pub body: Sha256Digest,
    /// Until when the key stands for it.
    pub expires_at: Timestamp,
}

impl Receipt {
    /// Returns the receipt of an upload that is made now, by a request with this key and body.
    pub fn of(upload: &Upload, key: IdempotencyKey, body: Sha256Digest) -> Self {
        Self {
            owner: upload.owner.clone(),
            key,
            upload_id: upload.upload_id,
            body,
            expires_at: upload.created_at + FOUND,
        }
    }
}
