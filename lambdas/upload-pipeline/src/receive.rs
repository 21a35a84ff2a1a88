//! Taking an upload: bytes, then row, then record, then the acknowledgement.
//!
//! The order decides what a crash leaves behind. Nothing is acknowledged before all three steps
//! are done, and no step is undone: a step that failed may have been done all the same.
//!
//! | dies after | leaves | and then |
//! |---|---|---|
//! | nothing | nothing | the client retries |
//! | the bytes | an object that no row names | nobody reads it; it stays as long as the bucket keeps uploads |
//! | the row | RECEIVED, with no record on the stream | it stays so; its client has no acknowledgement, and uploads anew |
//! | the record | an upload that is processed without its client knowing | the client finds it by its id, or uploads anew |
//!
//! A client that retries after a failure makes a second upload with an id of its own. Neither is
//! lost, and each has its effects once.

use std::sync::Arc;

use bytes::Bytes;

use crate::domain::upload::upload_key;
use crate::domain::{
    Checksum, ContentType, FileName, Location, Object, Owner, Sha256Digest, Upload, UploadId,
    UploadRecord, UploadState,
};
use crate::ports::{
    Clock, ObjectStore, PortError, PortErrorKind, Put, UploadStream, UploadTable, Write, vanished,
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
    /// Its bytes.
    pub content: Bytes,
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
        let (upload, object) = self.store(new).await.map_err(ReceiveError::NotStored)?;
        let upload_id = upload.upload_id;
        self.announce(&upload, &object)
            .await
            .map_err(|cause| ReceiveError::NotQueued { upload_id, cause })?;
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

    async fn store(&self, new: NewUpload) -> Result<(Upload, Object), PortError> {
        let upload_id = UploadId::generate();
        let location = Location {
            bucket: self.uploads_bucket.clone(),
            key: upload_key(&new.owner, upload_id, &new.file_name),
        };
        let object = self.put(&location, &new.content_type, new.content).await?;
        let now = self.clock.now();
        let upload = Upload {
            owner: new.owner,
            upload_id,
            file_name: new.file_name,
            content_type: new.content_type,
            location,
            created_at: now,
            request_id: new.request_id,
            updated_at: now,
            revision: 1,
            state: UploadState::Received {
                object: object.clone(),
            },
        };
        Ok((upload, object))
    }

    /// Writes the bytes. The key is new, so that an object which is there already is what a try of
    /// this very call wrote whose answer was lost.
    async fn put(
        &self,
        location: &Location,
        content_type: &ContentType,
        body: Bytes,
    ) -> Result<Object, PortError> {
        let sha256 = Sha256Digest::of(&body);
        let put = self.objects.put_new(location, content_type, sha256, body);
        if let Put::Created(object) = put.await? {
            return Ok(object);
        }
        let object = self.objects.newest(location).await?;
        object
            .filter(|object| object.checksum == Checksum::Sha256(sha256))
            .ok_or_else(|| vanished(location))
    }

    async fn announce(&self, upload: &Upload, object: &Object) -> Result<(), PortError> {
        if self.table.insert(upload).await? == Write::Conflict {
            return Err(PortError {
                operation: format!("PutItem of {}", upload.upload_id),
                kind: PortErrorKind::Busy,
                source: "the new id is taken".into(),
            });
        }
        self.stream.put(&UploadRecord::new(upload, object)).await
    }
}
