//! Taking an upload: bytes, then row, then record, then the acknowledgement.
//!
//! The order decides what a crash leaves behind. Nothing is acknowledged before all three steps
//! are done, and no step is undone: a step that failed may have been done all the same.
//!
//! | dies after | leaves | and then |
//! |---|---|---|
//! | nothing | nothing | the client retries |
//! | the bytes | an object that no row names | nobody reads it; the bucket's lifecycle expires it |
//! | the row | RECEIVED, with no record on the stream | the reconciler re-queues it when it has aged |
//! | the record | an upload that is processed without its client knowing | the client finds it by its id, or uploads anew |
//!
//! A client that retries after a failure makes a second upload with an id of its own. Neither is
//! lost, and each has its effects once.

use std::sync::Arc;

use crate::domain::upload::upload_key;
use crate::domain::{
    ContentType, FileName, ObjectVersion, Owner, Sha256Digest, Upload, UploadId, UploadRecord,
    UploadState,
};
use crate::ports::{
    Clock, ObjectStore, PortError, PortErrorKind, Put, UploadStream, UploadTable, Write,
};

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
    /// Its text.
    pub content: String,
    /// The request it came with.
    pub request_id: String,
}

/// An upload that is not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There is no row, so nothing more will happen.
    #[error("the upload was not stored")]
    NotStored(#[source] PortError),
    /// There may be a row, so it may be processed yet.
    #[error("upload {upload_id} was stored and perhaps not put on the stream")]
    NotQueued {
        /// Its id, for whoever wants to know.
        upload_id: UploadId,
        /// Why.
        #[source]
        cause: PortError,
    },
}

impl ReceiveError {
    /// The port's error.
    pub fn cause(&self) -> &PortError {
        match self {
            Self::NotStored(cause) | Self::NotQueued { cause, .. } => cause,
        }
    }

    /// The upload that may be processed all the same.
    pub fn upload_id(&self) -> Option<UploadId> {
        match self {
            Self::NotStored(_) => None,
            Self::NotQueued { upload_id, .. } => Some(*upload_id),
        }
    }
}

impl Receiver {
    /// Takes an upload. When this returns it, its bytes, its row and its record are durable.
    ///
    /// # Errors
    /// When a step failed; the module's table says what is left.
    pub async fn receive(&self, new: NewUpload) -> Result<Upload, ReceiveError> {
        let upload = self.store(new).await.map_err(ReceiveError::NotStored)?;
        let upload_id = upload.upload_id;
        self.announce(&upload)
            .await
            .map_err(|cause| ReceiveError::NotQueued { upload_id, cause })?;
        tracing::info!(%upload_id, request_id = upload.request_id, "upload received");
        Ok(upload)
    }

    /// The owner's upload of that id, if there is one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        self.table.find(owner, id).await
    }

    async fn store(&self, new: NewUpload) -> Result<Upload, PortError> {
        let upload_id = UploadId::generate();
        let key = upload_key(&new.owner, upload_id, &new.file_name);
        let body = new.content.into_bytes();
        let (size, sha256) = (body.len() as u64, Sha256Digest::of(&body));
        let put = self
            .objects
            .put_new(&self.uploads_bucket, &key, &new.content_type, sha256, body)
            .await?;
        let Put::Created { version } = put else {
            return Err(lost_answer(format!("PutObject of {key}")));
        };
        let now = self.clock.now();
        Ok(Upload {
            owner: new.owner,
            upload_id,
            file_name: new.file_name,
            object: ObjectVersion {
                bucket: self.uploads_bucket.clone(),
                key,
                version,
            },
            size,
            content_type: new.content_type,
            sha256,
            uploaded_at: now,
            request_id: new.request_id,
            updated_at: now,
            revision: 1,
            state: UploadState::Received,
        })
    }

    async fn announce(&self, upload: &Upload) -> Result<(), PortError> {
        if self.table.insert(upload).await? == Write::Conflict {
            return Err(lost_answer(format!("PutItem of {}", upload.upload_id)));
        }
        self.stream.put(&UploadRecord::of(upload)).await
    }
}

/// The id is new, so who was there first is a try of ours whose answer was lost. What it wrote is
/// sound; but its version is unknown, so the client has to try again.
fn lost_answer(operation: String) -> PortError {
    PortError {
        operation,
        kind: PortErrorKind::Busy,
        source: "an earlier try of the same request seems to have succeeded".into(),
    }
}
