//! What a team writes to have uploads processed its own way: a [`Processor`].
//!
//! ```no_run
//! use async_trait::async_trait;
//! use upload_pipeline::ports::{Sink, Source};
//! use upload_pipeline::processor::{Description, ProcessError, Processor};
//!
//! /// Refuses large uploads and copies the others.
//! struct Small;
//!
//! #[async_trait]
//! impl Processor for Small {
//!     async fn process(
//!         &self,
//!         _upload: &Description,
//!         source: &dyn Source,
//!         sink: &mut dyn Sink,
//!     ) -> Result<(), ProcessError> {
//!         if source.size() > 1000 {
//!             return Err(ProcessError::Rejected("it has more than 1000 bytes".to_owned()));
//!         }
//!         let mut chunks = source.stream().await?;
//!         while let Some(bytes) = chunks.next().await? {
//!             sink.write(bytes).await?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! fn main() {
//!     upload_pipeline::run(Small)
//! }
//! ```

use async_trait::async_trait;

use crate::domain::{ContentType, FileName, Owner, Upload, UploadId};
use crate::ports::{PortError, ReadError, Sink, Source};

/// What a processor learns of an upload besides its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its owner.
    pub owner: Owner,
    /// Its id.
    pub upload_id: UploadId,
    /// The name its owner gave it.
    pub file_name: FileName,
    /// The media type its owner declared, which may be wrong.
    pub content_type: ContentType,
}

impl From<&Upload> for Description {
    fn from(upload: &Upload) -> Self {
        Self {
            owner: upload.owner.clone(),
            upload_id: upload.upload_id,
            file_name: upload.file_name.clone(),
            content_type: upload.content_type.clone(),
        }
    }
}

/// Why a processor made no result.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The upload will never have a result. Its owner reads the reason.
    #[error("{0}")]
    Rejected(String),
    /// The upload cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The result cannot be written, or another service failed. The upload is processed again.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Makes a result of each upload.
///
/// An upload may be processed more than once, when a function dies over it, and has one result all
/// the same. A processor that reads and writes chunk by chunk takes the same memory for every size.
/// It runs on a task of its own, so that long calculations keep nothing else waiting. A panic ends
/// the try, and the upload fails when [`MAX_TRIES`](crate::domain::upload::MAX_TRIES) have ended.
#[async_trait]
pub trait Processor: Send + Sync + 'static {
    /// Returns the media type of the results. Whatever it is, browsers save results and never show
    /// them: they are stored with `Content-Disposition: attachment`.
    fn content_type(&self) -> ContentType {
        ContentType::binary()
    }

    /// Reads the upload from `source` and writes its result to `sink`. The result exists once this
    /// has returned without an error.
    ///
    /// # Errors
    /// [`ProcessError::Rejected`] when the upload can have no result; any other error has it
    /// processed again.
    async fn process(
        &self,
        upload: &Description,
        source: &dyn Source,
        sink: &mut dyn Sink,
    ) -> Result<(), ProcessError>;
}
