//! How an upload's state changes, but for the lease. A transition that makes no sense in the
//! upload's state returns nothing.

use std::time::Duration;

use jiff::Timestamp;

use super::{Announced, Multipart, Object, Upload, UploadState};

/// How long after its deletion something may still write an upload's objects: a processor, which
/// runs for 15 minutes at most ("Lambda quotas"), or a request whose URL was signed before, and is
/// good for as long. The rest is for the requests themselves.
pub const PURGE_AFTER: Duration = Duration::from_secs(20 * 60);

impl Upload {
    /// Returns the announced upload with its bytes; nothing, if some have arrived before or it was
    /// given up.
    #[must_use]
    pub fn received(&self, now: Timestamp, object: Object) -> Option<Self> {
        matches!(self.state, UploadState::Pending { .. })
            .then(|| self.next(now, UploadState::Received { object }))
    }

    /// Returns the announced upload with the id of the multipart upload that was begun for it;
    /// nothing, if it has one or is not to have one.
    #[must_use]
    pub fn begun(&self, now: Timestamp, id: String) -> Option<Self> {
        let UploadState::Pending {
            open_until,
            announced,
            multipart:
                Some(Multipart {
                    id: None,
                    part_size,
                }),
        } = &self.state
        else {
            return None;
        };
        let state = UploadState::Pending {
            open_until: *open_until,
            announced: announced.clone(),
            multipart: Some(Multipart {
                id: Some(id),
                part_size: *part_size,
            }),
        };
        Some(self.next(now, state))
    }

    /// Gives up an announced upload: its bytes did not come, or are not the announced ones. What
    /// there is of them is removed, and the event sent, by the reconciler.
    #[must_use]
    pub fn given_up(&self, now: Timestamp, reason: &str) -> Option<Self> {
        matches!(self.state, UploadState::Pending { .. }).then(|| {
            let failed = UploadState::Failed {
                object: None,
                reason: reason.to_owned(),
                unannounced: true,
            };
            self.next(now, failed)
        })
    }

    /// Returns the failed upload, of whose failure the event was sent; nothing, if it was before.
    #[must_use]
    pub fn announced(&self, now: Timestamp) -> Option<Self> {
        let UploadState::Failed {
            object,
            reason,
            unannounced: true,
        } = &self.state
        else {
            return None;
        };
        let failed = UploadState::Failed {
            object: object.clone(),
            reason: reason.clone(),
            unannounced: false,
        };
        Some(self.next(now, failed))
    }

    /// Returns the failed upload to be processed once more; nothing, if it did not fail or has no
    /// bytes.
    #[must_use]
    pub fn retried(&self, now: Timestamp) -> Option<Self> {
        match &self.state {
            UploadState::Failed {
                object: Some(object),
                ..
            } => {
                let object = object.clone();
                Some(self.next(now, UploadState::Received { object }))
            }
            _ => None,
        }
    }

    /// Returns the upload's tombstone; nothing, if it is one.
    #[must_use]
    pub fn deleted(&self, now: Timestamp) -> Option<Self> {
        let deleted = UploadState::Deleted {
            purge_until: now + PURGE_AFTER,
            purged: false,
        };
        (!self.is_deleted()).then(|| self.next(now, deleted))
    }

    /// Returns the tombstone of an upload whose objects were removed for the last time; nothing, if
    /// it is too early for that.
    #[must_use]
    pub fn purged(&self, now: Timestamp) -> Option<Self> {
        match self.state {
            UploadState::Deleted { purge_until, .. } if purge_until <= now => {
                let purged = UploadState::Deleted {
                    purge_until,
                    purged: true,
                };
                Some(self.next(now, purged))
            }
            _ => None,
        }
    }

    /// Returns the upload as it is, so that it is due later.
    #[must_use]
    pub fn looked_after(&self, now: Timestamp) -> Self {
        self.next(now, self.state.clone())
    }

    /// Returns whether the row is a tombstone.
    pub fn is_deleted(&self) -> bool {
        matches!(self.state, UploadState::Deleted { .. })
    }

    /// Returns whether the row is a tombstone whose objects are yet to be removed for the last time.
    pub fn is_to_be_purged(&self) -> bool {
        matches!(self.state, UploadState::Deleted { purged: false, .. })
    }

    /// Returns whether the upload failed without its bytes: nobody waits for them any more.
    pub fn is_given_up(&self) -> bool {
        matches!(self.state, UploadState::Failed { object: None, .. })
    }

    /// Returns what was announced, while it has not arrived.
    pub fn announcement(&self) -> Option<&Announced> {
        match &self.state {
            UploadState::Pending { announced, .. } => Some(announced),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
