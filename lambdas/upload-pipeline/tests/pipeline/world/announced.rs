//! Uploads that are announced, whose bytes come to the world's store in a way of their own.

use std::time::Duration;

use function_kit::Deadline;
use upload_pipeline::domain::upload::upload_key;
use upload_pipeline::domain::{
    Announced, Charge, FileName, Location, Multipart, Owner, Sha256Digest, Upload, UploadId,
    UploadState,
};
use upload_pipeline::open::{OpenError, open};
use upload_pipeline::ports::*;
use upload_pipeline::reconcile::Report;

use super::direct::InParts;
use super::{Stored, UPLOADS, World};
use crate::requests::{ALICE, TIMEOUT};

/// For how long uploads are open here.
pub const OPEN: Duration = Duration::from_secs(60 * 60);

impl World {
    /// Announces an upload of Alice's.
    pub async fn announce(&self, body: &[u8]) -> Result<Upload, OpenError> {
        let owner: Owner = ALICE.parse().unwrap();
        let upload_id = UploadId::generate();
        let file_name = FileName::parse("a.txt").unwrap();
        let now = self.now();
        let upload = Upload {
            location: Location {
                bucket: UPLOADS.into(),
                key: upload_key(&owner, upload_id, &file_name),
            },
            owner,
            upload_id,
            file_name,
            content_type: Default::default(),
            created_at: now,
            request_id: "r".into(),
            updated_at: now,
            revision: 1,
            state: UploadState::Pending {
                open_until: now + OPEN,
                announced: Announced {
                    size: body.len() as u64,
                    sha256: Some(Sha256Digest::of(body)),
                },
                multipart: None,
            },
        };
        open(self, upload, None).await
    }

    /// Announces an upload in parts of Alice's, and begins it.
    pub async fn begin(&self, size: usize) -> Upload {
        let mut upload = self.announce(&vec![b'x'; size]).await.unwrap();
        if let UploadState::Pending { multipart, .. } = &mut upload.state {
            *multipart = Some(Multipart {
                id: Some("m".into()),
                part_size: 8 << 20,
            });
        }
        let mut state = self.state();
        state.multipart.push(InParts {
            location: upload.location.clone(),
            id: "m".into(),
            parts: Default::default(),
        });
        state
            .rows
            .insert(upload.upload_id.to_string(), upload.clone());
        drop(state);
        upload
    }

    /// Has the client bring the bytes, as S3 lets it: never twice.
    pub fn bring(&self, upload: &Upload, body: &[u8]) {
        let stored = Stored {
            body: body.to_vec().into(),
            content_type: upload.content_type.clone(),
        };
        let mut state = self.state();
        state
            .objects
            .entry(upload.location.clone())
            .or_insert(stored);
    }

    /// Runs the reconciler, which may fail as the test says.
    pub async fn reconcile(&self) -> Result<Report, PortError> {
        self.reconciler().run(Deadline::after(TIMEOUT)).await
    }

    pub fn row(&self, upload: &Upload) -> Upload {
        self.state().rows[&upload.upload_id.to_string()].clone()
    }

    pub fn status(&self, upload: &Upload) -> &'static str {
        self.row(upload).state.name()
    }

    /// Asserts that the table counts what its rows take of the quota.
    pub fn assert_counts(&self) {
        let state = self.state();
        let mut sum = Charge::default();
        for row in state.rows.values() {
            sum.bytes += row.charge().bytes;
            sum.open += row.charge().open;
        }
        let used = state.used.values().next().copied().unwrap_or_default();
        assert_eq!(used, sum);
    }
}
