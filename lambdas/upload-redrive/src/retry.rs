//! Has the upload of a dead letter processed once more.

use std::sync::Arc;

use anyhow::Result;
use function_kit::{Clock, SystemClock};
use upload_pipeline::{
    domain::{Upload, UploadRecord, UploadState},
    ports::{UploadStream, UploadTable, Write},
};

use crate::{Verdict, message::Letter};

/// The table and the stream of a pipeline.
pub struct Pipeline {
    /// Its rows.
    pub table: Arc<dyn UploadTable>,
    /// Its records.
    pub stream: Arc<dyn UploadStream>,
}

impl Pipeline {
    /// Makes a failed upload RECEIVED again and puts its record on the stream; only looks if `dry`.
    ///
    /// Repeated after a crash between the two, it puts the record of an upload that is RECEIVED.
    pub async fn retry(&self, letter: &Letter, dry: bool) -> Result<Verdict> {
        let (Some(owner), Some(id)) = (&letter.owner, letter.upload_id) else {
            return Ok(left("it names no upload"));
        };
        let Some(upload) = self.table.find(owner, id).await? else {
            return Ok(left("the table has no such upload"));
        };
        let next = match &upload.state {
            UploadState::Failed { .. } => match upload.retried(SystemClock.now()) {
                Some(next) => next,
                None => return Ok(left("its upload has no bytes to process")),
            },
            UploadState::Received { .. } => upload.clone(),
            // The letter is sent before the row says FAILED.
            UploadState::Processing { .. } => {
                return Ok(left("its upload is being processed; run this again later"));
            }
            state => return Ok(Verdict::Done(format!("its upload is {}", state.name()))),
        };
        if !dry {
            if next != upload && self.table.update(&upload, &next).await? != Write::Done {
                return Ok(left("its upload has changed meanwhile; run this again"));
            }
            self.put(&next).await?;
        }
        Ok(Verdict::PutBack(format!("upload {id} of {owner}")))
    }

    async fn put(&self, upload: &Upload) -> Result<()> {
        if let Some(object) = upload.state.object() {
            self.stream.put(&UploadRecord::new(upload, object)).await?;
        }
        Ok(())
    }
}

fn left(reason: &str) -> Verdict {
    Verdict::Left(reason.to_owned())
}
