//! When somebody has to look after an upload.

use std::time::Duration;

use jiff::Timestamp;

use super::transitions::PURGE_AFTER;
use super::{Upload, UploadState};

/// Longest time between two looks at an upload whose bytes or record were lost: what such a loss
/// costs an upload that is old already, whose parts took hours or which is retried.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// How patient the reconciler is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// How long an upload may stay as it is before somebody looks after it. Each further pause is
    /// twice as long as the one before, up to a quarter of an hour.
    pub reconcile_after: Duration,
    /// How long after it was created a finished upload is deleted. Without a time, it stays.
    pub expire_after: Option<Duration>,
}

impl Schedule {
    /// Returns when somebody has to look after the upload, if ever.
    pub fn due(&self, upload: &Upload) -> Option<Timestamp> {
        let look = || later(upload.updated_at, self.pause(upload));
        match &upload.state {
            UploadState::Pending { open_until, .. } => Some(given_up_at(*open_until).min(look())),
            UploadState::Received { .. } => Some(look()),
            // The stream has the record, and Lambda delivers it again: usually before this.
            UploadState::Processing { lease, .. } => {
                let since = lease.expires_at.max(upload.updated_at);
                Some(later(since, self.reconcile_after))
            }
            UploadState::Failed {
                unannounced: true, ..
            } => Some(upload.updated_at),
            UploadState::Processed { .. } | UploadState::Failed { .. } => self.expires_at(upload),
            UploadState::Deleted { purged: true, .. } => None,
            UploadState::Deleted { purge_until, .. } => Some(*purge_until),
        }
    }

    /// Returns when a finished upload is deleted, if ever.
    pub fn expires_at(&self, upload: &Upload) -> Option<Timestamp> {
        Some(later(upload.created_at, self.expire_after?))
    }

    /// As long as the upload is old, within limits, and so twice as long each time.
    fn pause(&self, upload: &Upload) -> Duration {
        let age = upload.updated_at.duration_since(upload.created_at);
        let age = Duration::try_from(age).unwrap_or_default();
        age.min(LONGEST_PAUSE).max(self.reconcile_after)
    }
}

/// Returns when nothing that was begun while an announced upload was open can bring its bytes any
/// more.
pub fn given_up_at(open_until: Timestamp) -> Timestamp {
    later(open_until, PURGE_AFTER)
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}
