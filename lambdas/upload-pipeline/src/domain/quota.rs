//! What an upload takes of its owner's quota.

use serde::{Deserialize, Serialize};

use super::{Upload, UploadState};

/// What uploads take of a quota: one, or all of an owner's together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Charge {
    /// Bytes that are stored, or announced.
    pub bytes: u64,
    /// Uploads that are announced and have not arrived.
    pub open: u64,
}

/// How much an owner may have at once. Results do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// Most bytes, stored and announced.
    pub bytes: Option<u64>,
    /// Most uploads that are announced and have not arrived.
    pub open_uploads: Option<u64>,
}

/// The part of a quota that an upload would exceed, with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// [`Quota::bytes`].
    Bytes(u64),
    /// [`Quota::open_uploads`].
    OpenUploads(u64),
}

impl Upload {
    /// Returns what the upload takes of its owner's quota.
    pub fn charge(&self) -> Charge {
        match (&self.state, self.state.object()) {
            (UploadState::Pending { announced, .. }, _) => Charge {
                bytes: announced.size,
                open: 1,
            },
            (_, object) => Charge {
                bytes: object.map_or(0, |object| object.size),
                open: 0,
            },
        }
    }
}

impl Quota {
    /// Returns the limit that would be exceeded, if an owner who has `used` adds `charge`.
    pub fn exceeded_by(&self, used: Charge, charge: Charge) -> Option<Exceeded> {
        let over = |limit: Option<u64>, used: u64, charge: u64| {
            limit.filter(|limit| used.saturating_add(charge) > *limit)
        };
        let bytes = over(self.bytes, used.bytes, charge.bytes).map(Exceeded::Bytes);
        let open = over(self.open_uploads, used.open, charge.open).map(Exceeded::OpenUploads);
        bytes.or(open)
    }
}
