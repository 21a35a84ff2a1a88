//! `POST /uploads` with a size and no content.

use std::time::Duration;

use super::{Direct, plan};
use crate::domain::upload::upload_key;
use crate::domain::{
    Announced, ContentType, FileName, IdempotencyKey, Location, Multipart, Owner, Receipt,
    Sha256Digest, Upload, UploadId, UploadState,
};
use crate::open::{OpenError, open};
use crate::ports::PortError;
use crate::ports::direct::SignedRequest;

/// How long the bytes of an upload in one piece may take to come.
const OPEN_FOR: Duration = Duration::from_secs(60 * 60);

/// How long those of an upload in parts may.
const OPEN_FOR_PARTS: Duration = Duration::from_secs(24 * 60 * 60);

/// An upload that is announced and valid.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Who announces it.
    pub owner: Owner,
    /// Name of the file.
    pub file_name: FileName,
    /// What the owner says it is.
    pub content_type: ContentType,
    /// Its size, and its checksum if that is known.
    pub announced: Announced,
    /// The client's name for the request, and a digest of what it asks for.
    pub key: Option<(IdempotencyKey, Sha256Digest)>,
    /// The request it came with.
    pub request_id: String,
}

impl Direct {
    /// Announces an upload, once for each key. The upload that a repeated request finds may have
    /// arrived meanwhile.
    ///
    /// # Errors
    /// When the quota or the key does not allow it, or the table does not answer.
    pub async fn announce(&self, new: Announcement) -> Result<Upload, OpenError> {
        let key = new.key.clone();
        let upload = self.pending(new);
        let receipt = key.map(|(key, body)| Receipt::of(&upload, key, body));
        open(&*self.table, upload, receipt.as_ref()).await
    }

    /// Signs the PUT of an upload in one piece whose bytes are still awaited.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn signed_put(&self, upload: &Upload) -> Result<Option<SignedRequest>, PortError> {
        let UploadState::Pending {
            open_until,
            announced:
                Announced {
                    size,
                    sha256: Some(sha256),
                },
            multipart: None,
        } = &upload.state
        else {
            return Ok(None);
        };
        if *open_until <= self.clock.now() {
            return Ok(None);
        }
        let signed = self
            .store
            .sign_put(&upload.location, &upload.content_type, *size, *sha256);
        signed.await.map(Some)
    }

    fn pending(&self, new: Announcement) -> Upload {
        let upload_id = UploadId::generate();
        let now = self.clock.now();
        let size = new.announced.size;
        let (open_for, multipart) = match size > self.limits.multipart_above {
            false => (OPEN_FOR, None),
            true => {
                let part_size = plan::part_size(size);
                (
                    OPEN_FOR_PARTS,
                    Some(Multipart {
                        id: None,
                        part_size,
                    }),
                )
            }
        };
        Upload {
            location: Location {
                bucket: self.uploads_bucket.clone(),
                key: upload_key(&new.owner, upload_id, &new.file_name),
            },
            owner: new.owner,
            upload_id,
            file_name: new.file_name,
            content_type: new.content_type,
            created_at: now,
            request_id: new.request_id,
            updated_at: now,
            revision: 1,
            state: UploadState::Pending {
                open_until: now + open_for,
                announced: new.announced,
                multipart,
            },
        }
    }
}
