//! Taking an upload in one request: row, then bytes, then record, then the acknowledgement.
//!
//! The order decides what a crash leaves behind. Nothing is acknowledged before all steps are done,
//! and no step is undone: a step that failed may have been done all the same.
//!
//! | dies after | leaves | and then |
//! |---|---|---|
//! | nothing | nothing | the client retries |
//! | the row | PENDING, with a share of the quota | the reconciler gives it up when its time is over |
//! | the bytes | PENDING, with an object | S3's event has them received, or else the reconciler |
//! | RECEIVED | RECEIVED, with no record on the stream | the reconciler puts one there |
//! | the record | an upload that is processed without its client knowing | the client finds it by its id |
//!
//! A client that retries with the same `Idempotency-Key` has the same upload completed. Without a
//! key it makes a second one with an id of its own: each has its effects once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::domain::upload::upload_key;
use crate::domain::{
    Announced, Checksum, ContentType, FileName, IdempotencyKey, Location, Object, Owner, Receipt,
    Sha256Digest, Upload, UploadId, UploadRecord, UploadState,
};
use crate::open::{OpenError, READS, contended, open};
use crate::ports::{
    Clock, ObjectStore, PortError, PortErrorKind, Put, UploadStream, UploadTable, Write, vanished,
};

/// For how long an upload in one request is open: longer than the request takes.
const OPEN: Duration = Duration::from_secs(15 * 60);

/// Takes uploads.
#[derive(Clone)]
pub struct Receiver {
    /// Where the bytes go.
    pub objects: Arc<dyn ObjectStore>,
    /// Where the rows go.
    pub table: Arc<dyn UploadTable>,
    /// Where the records go.
    pub stream: Arc<dyn UploadStream>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Name of the bucket for the bytes.
    pub uploads_bucket: String,
}

/// An upload that was asked for and is valid.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Who asks.
    pub owner: Owner,
    /// Name of the file.
    pub file_name: FileName,
    /// What the owner says it is.
    pub content_type: ContentType,
    /// Its bytes.
    pub content: Bytes,
    /// The request it came with.
    pub request_id: String,
    /// The key under which the request may be repeated, with the digest of its body.
    pub key: Option<(IdempotencyKey, Sha256Digest)>,
}

/// An upload that is not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There is no row of it that its client was told of.
    #[error("the upload was not opened")]
    NotOpened(#[source] OpenError),
    /// There is a row, so it may be processed yet.
    #[error("upload {upload_id} was stored and perhaps not put on the stream")]
    NotQueued {
        /// Its id, for whoever wants to know.
        upload_id: UploadId,
        /// Why.
        #[source]
        cause: PortError,
    },
}

impl Receiver {
    /// Takes an upload. When this returns it, its bytes, its row and its record are durable.
    ///
    /// # Errors
    /// When a step failed; the module's table says what is left.
    pub async fn receive(&self, new: NewUpload) -> Result<Upload, ReceiveError> {
        let (upload, receipt) = self.row(&new);
        let opened = open(&*self.table, upload, receipt.as_ref()).await;
        let upload = opened.map_err(ReceiveError::NotOpened)?;
        let upload_id = upload.upload_id;
        let completed = self.complete(upload, new.content).await;
        let upload = completed.map_err(|cause| ReceiveError::NotQueued { upload_id, cause })?;
        tracing::info!(%upload_id, request_id = upload.request_id, "upload received");
        Ok(upload)
    }

    /// Returns the owner's upload of that id, if there is one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        self.table.find(owner, id).await
    }

    fn row(&self, new: &NewUpload) -> (Upload, Option<Receipt>) {
        let now = self.clock.now();
        let upload_id = UploadId::generate();
        let upload = Upload {
            owner: new.owner.clone(),
            upload_id,
            file_name: new.file_name.clone(),
            content_type: new.content_type.clone(),
            location: Location {
                bucket: self.uploads_bucket.clone(),
                key: upload_key(&new.owner, upload_id, &new.file_name),
            },
            created_at: now,
            request_id: new.request_id.clone(),
            updated_at: now,
            revision: 1,
            state: UploadState::Pending {
                open_until: now + OPEN,
                announced: Announced {
                    size: new.content.len() as u64,
                    sha256: Some(Sha256Digest::of(&new.content)),
                },
                multipart: None,
            },
        };
        let key = new.key.clone();
        let receipt = key.map(|(key, body)| Receipt::of(&upload, key, body));
        (upload, receipt)
    }

    /// Does what is missing: all of it, unless an earlier request did some.
    async fn complete(&self, mut upload: Upload, content: Bytes) -> Result<Upload, PortError> {
        for _ in 0..READS {
            match &upload.state {
                UploadState::Pending { open_until, .. } if *open_until <= self.clock.now() => {
                    return Err(too_late(upload.upload_id));
                }
                UploadState::Pending { .. } => {
                    let object = self.put(&upload, content.clone()).await?;
                    let Some(next) = upload.received(self.clock.now(), object) else {
                        return Err(contended(upload.upload_id));
                    };
                    if self.table.update(&upload, &next).await? == Write::Done {
                        upload = next;
                        continue;
                    }
                }
                UploadState::Received { object } => {
                    self.stream.put(&UploadRecord::new(&upload, object)).await?;
                    return Ok(upload);
                }
                _ if upload.is_given_up() => return Err(contended(upload.upload_id)),
                _ => return Ok(upload),
            }
            let row = self.table.find(&upload.owner, upload.upload_id).await?;
            upload = row.ok_or_else(|| contended(upload.upload_id))?;
        }
        Err(contended(upload.upload_id))
    }

    /// Writes the bytes. Nobody else knows the key, so that an object which is there already is what
    /// an earlier try or request wrote.
    async fn put(&self, upload: &Upload, body: Bytes) -> Result<Object, PortError> {
        let (location, sha256) = (&upload.location, Sha256Digest::of(&body));
        let put = self
            .objects
            .put_new(location, &upload.content_type, sha256, body);
        if let Put::Created(object) = put.await? {
            return Ok(object);
        }
        let object = self.objects.newest(location).await?;
        object
            .filter(|object| object.checksum == Checksum::Sha256(sha256))
            .ok_or_else(|| vanished(location))
    }
}

/// Returns the error for an upload that waits to be given up: its bytes would be orphans.
fn too_late(upload_id: UploadId) -> PortError {
    PortError {
        operation: format!("the completion of upload {upload_id}"),
        kind: PortErrorKind::Busy,
        source: "its time is over, and it is given up soon".into(),
    }
}
