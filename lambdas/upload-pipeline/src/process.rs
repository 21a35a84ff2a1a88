//! Processing one record of the stream, any number of times, with its effects once.
//!
//! The row's lease decides who works on an upload, and its revision whether that still holds when
//! the work is done. The result has a key of its own that is written once. So a record that is
//! delivered again finds the upload finished, or finds the lease of whoever died over it expired
//! and does what is missing.
//!
//! What no retry can mend goes to the dead letter queue first and to the row second: a row that
//! is FAILED always has its message. A crash between the two sends the message again, with the
//! same sequence number.

use std::fmt::Display;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::content::{MAX_OBJECT_BYTES, upper_case};
use crate::domain::upload::processed_key;
use crate::domain::{
    ContentType, DeadLetter, InvalidRecord, LeaseRefusal, Owner, Processed, Sha256Digest,
    StreamPosition, Upload, UploadId, UploadRecord,
};
use crate::ports::{Clock, DeadLetterQueue, ObjectStore, PortError, UploadTable, Write};

/// Processes records.
#[derive(Clone)]
pub struct Processor {
    /// Where the bytes are, and where results go.
    pub objects: Arc<dyn ObjectStore>,
    /// Where the rows are.
    pub table: Arc<dyn UploadTable>,
    /// Where records go that cannot be processed.
    pub dead_letters: Arc<dyn DeadLetterQueue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Name of the bucket that records may speak of.
    pub uploads_bucket: String,
    /// Name of the bucket for results.
    pub processed_bucket: String,
}

/// What became of a record. After any of these it must not be delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The upload is now PROCESSED.
    Processed,
    /// The upload was finished before: there was nothing to do.
    Finished,
    /// The record is in the dead letter queue.
    DeadLettered,
}

/// Why a record has to be delivered again.
#[derive(Debug, thiserror::Error)]
pub enum Retry {
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Another invocation works on the upload, or died over it.
    #[error("the upload is leased until {0}")]
    Leased(Timestamp),
    /// Another invocation changed the row.
    #[error("the upload's row was changed meanwhile")]
    Overtaken,
}

/// Why work on an upload stopped.
enum Stop {
    /// For good, for this reason.
    Permanent(String),
    /// For now.
    Retry(Retry),
}

impl<E: Into<Retry>> From<E> for Stop {
    fn from(cause: E) -> Self {
        Self::Retry(cause.into())
    }
}

impl Processor {
    /// Processes the record in `data`, found at `position`, and holds the upload's lease until
    /// `deadline` at most: whoever processes is dead by then.
    ///
    /// # Errors
    /// When the record has to be delivered again.
    pub async fn process(
        &self,
        data: &[u8],
        position: &StreamPosition,
        deadline: Timestamp,
    ) -> Result<Outcome, Retry> {
        let letter = |upload, reason: String| DeadLetter {
            reason,
            position: position.clone(),
            upload,
            data: data.to_owned(),
            failed_at: self.clock.now(),
        };
        let record = match UploadRecord::decode(data, &self.uploads_bucket) {
            Ok(record) => record,
            Err(InvalidRecord { reason, upload }) => {
                return self.reject(letter(upload, reason), deadline).await;
            }
        };
        let about = Some((record.owner.clone(), record.upload_id));
        let row = self.table.find(&record.owner, record.upload_id).await?;
        // The row is written before the record, and reads are consistent: it never was there.
        let Some(upload) = row.filter(|upload| upload.object == record.object()) else {
            let reason = "the table has no upload with this id, owner and object version";
            self.dead_letters
                .send(&letter(about, reason.into()))
                .await?;
            return Ok(Outcome::DeadLettered);
        };
        let leased = match upload.lease(self.clock.now(), deadline) {
            Ok(leased) => leased,
            Err(LeaseRefusal::Finished) => return Ok(Outcome::Finished),
            Err(LeaseRefusal::Held(until)) => return Err(Retry::Leased(until)),
        };
        self.write(&leased).await?;
        let worked = match self.work(&record, &leased).await {
            Err(Stop::Permanent(reason)) => self.give_up(letter(about, reason), &leased).await,
            Err(Stop::Retry(retry)) => Err(retry),
            Ok(()) => Ok(Outcome::Processed),
        };
        if worked.is_err() {
            self.release(&leased).await;
        }
        worked
    }

    /// From a leased upload to a PROCESSED one.
    async fn work(&self, record: &UploadRecord, leased: &Upload) -> Result<(), Stop> {
        let object = record.object();
        // S3 is consistent and the record names a version that was written: it was deleted.
        let bytes = self
            .objects
            .get(&object, MAX_OBJECT_BYTES)
            .await?
            .ok_or_else(|| permanent("the object does not exist"))?;
        verify(&bytes, record)?;
        let text = upper_case(&bytes)
            .map_err(|error| permanent(format!("the content is not UTF-8 text: {error}")))?;
        let processed = self.store(text.into_bytes(), leased).await?;
        Ok(self.write(&leased.complete(processed)).await?)
    }

    async fn store(&self, body: Vec<u8>, upload: &Upload) -> Result<Processed, PortError> {
        let processed = Processed {
            bucket: self.processed_bucket.clone(),
            key: processed_key(&upload.owner, upload.upload_id, &upload.file_name),
            size: body.len() as u64,
            sha256: Sha256Digest::of(&body),
            processed_at: self.clock.now(),
        };
        let (bucket, key) = (&processed.bucket, &processed.key);
        // Whatever the client declared: a signed link must not run the result as a script.
        let kind = &ContentType::default();
        // An object that is there already is what an earlier delivery made of the same bytes.
        self.objects
            .put_new(bucket, key, kind, processed.sha256, body)
            .await?;
        Ok(processed)
    }

    /// A record that cannot be read. If it says which upload it is about and nobody works on
    /// that, the upload fails with it.
    async fn reject(&self, letter: DeadLetter, deadline: Timestamp) -> Result<Outcome, Retry> {
        self.dead_letters.send(&letter).await?;
        if let Some(upload) = self.upload_of(&letter.upload).await? {
            let now = self.clock.now();
            if upload.lease(now, deadline).is_ok() {
                self.write(&upload.fail(now, &letter.reason)).await?;
            }
        }
        Ok(Outcome::DeadLettered)
    }

    async fn give_up(&self, letter: DeadLetter, leased: &Upload) -> Result<Outcome, Retry> {
        self.dead_letters.send(&letter).await?;
        self.write(&leased.fail(letter.failed_at, &letter.reason))
            .await?;
        Ok(Outcome::DeadLettered)
    }

    async fn upload_of(&self, id: &Option<(Owner, UploadId)>) -> Result<Option<Upload>, PortError> {
        match id {
            Some((owner, upload_id)) => self.table.find(owner, *upload_id).await,
            None => Ok(None),
        }
    }

    async fn write(&self, next: &Upload) -> Result<(), Retry> {
        match self.table.update(next).await? {
            Write::Done => Ok(()),
            Write::Conflict => Err(Retry::Overtaken),
        }
    }

    /// At best it spares the retry the wait for the lease's end; if it fails, the lease expires.
    async fn release(&self, leased: &Upload) {
        let released = leased.release(self.clock.now());
        if let Err(error) = self.write(&released).await {
            tracing::warn!(upload_id = %leased.upload_id, %error, "lease not released");
        }
    }
}

fn verify(bytes: &[u8], record: &UploadRecord) -> Result<(), Stop> {
    if bytes.len() as u64 != record.size {
        return Err(permanent("the object's size is not the record's"));
    }
    if Sha256Digest::of(bytes) != record.sha256 {
        return Err(permanent("the object's SHA-256 is not the record's"));
    }
    Ok(())
}

fn permanent(reason: impl Display) -> Stop {
    Stop::Permanent(reason.to_string())
}
