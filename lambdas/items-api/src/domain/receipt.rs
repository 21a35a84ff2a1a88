//! What a request that is repeated finds: which item it created.

use std::fmt::Write as _;

use function_kit::Owner;
use function_kit::idempotency::{IdempotencyKey, KEPT};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::item::{Draft, Item, ItemId};

/// Which item a key of an owner's stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose key.
    pub owner: Owner,
    /// The key.
    pub key: IdempotencyKey,
    /// The item that it created.
    pub entry: Entry,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which item was created.
    pub item_id: ItemId,
    /// What it was created from, as SHA-256 in hexadecimal digits: the item may change.
    pub draft_sha256: String,
    /// When DynamoDB may delete the row: seconds since 1970, as its time to live wants them.
    pub expires_at: i64,
}

impl Receipt {
    /// Returns the receipt of an item that is created now.
    ///
    /// # Errors
    /// When the item cannot be written as JSON.
    pub fn of(item: &Item, key: IdempotencyKey) -> Result<Self, serde_json::Error> {
        Ok(Self {
            owner: item.owner.clone(),
            key,
            entry: Entry {
                item_id: item.id,
                draft_sha256: sha256(&item.draft)?,
                expires_at: (item.id.created_at() + KEPT).as_second(),
            },
        })
    }
}

fn sha256(draft: &Draft) -> Result<String, serde_json::Error> {
    let text = serde_json::to_vec(&(&draft.name, &draft.attributes))?;
    let mut digits = String::new();
    for byte in Sha256::digest(text) {
        // Writing into a string never fails.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}
