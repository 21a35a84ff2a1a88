//! Processing one record of the stream, any number of times, with its effects once.
//!
//! The row's lease decides who works on an upload, and its revision whether that still holds when
//! the work is done. The result has a key of its own that is written once. So a record that is
//! delivered again finds the upload finished, or waits a few seconds for the lease of whoever died
//! over it, and does what is missing.
//!
//! What no retry can mend goes to the dead letter queue first and to the row second: a row that
//! is FAILED always has its message. A crash between the two sends the message again, with the
//! same sequence number. Such is a record or a row that cannot be read, whoever reads it again.
//! A permission that is missing is none of that: every record meets it, and somebody grants it.
//! So its records are retried, and keep their place until the stream or Lambda gives them up;
//! dead letters would empty the stream into the queue for as long as it takes to notice.
//!
//! Events are sent after the row is written, and again with each delivery of the record: at least
//! once. An event that cannot be sent has the record delivered again.

mod attempt;
mod lease;

use std::sync::Arc;
use std::time::Duration;

use function_kit::Deadline;
use function_kit::batch::TIME_FOR_A_RECORD;
use function_kit::text::{chain, cut};
use jiff::Timestamp;

use crate::domain::record::MAX_REASON_BYTES;
use crate::domain::upload::{MAX_TRIES, processed_key};
use crate::domain::{
    DeadLetter, HolderId, InvalidRecord, LeaseRefusal, Leased, Location, Owner, Stored,
    StreamPosition, Upload, UploadEvent, UploadId, UploadRecord, UploadState,
};
use crate::ports::{
    DeadLetterQueue, EventBus, ObjectStore, PortError, PortErrorKind, Purge, Timer, UploadTable,
    Write,
};
use crate::processor::Processor;

/// For how long a lease is taken, and renewed: what a crash costs.
pub const LEASE_TERM: Duration = Duration::from_secs(15);

/// Processes records.
#[derive(Clone)]
pub struct Processing {
    /// What makes the results.
    pub processor: Arc<dyn Processor>,
    /// Where the bytes are, and where results go.
    pub objects: Arc<dyn ObjectStore>,
    /// Where the rows are.
    pub table: Arc<dyn UploadTable>,
    /// Where records go that cannot be processed.
    pub dead_letters: Arc<dyn DeadLetterQueue>,
    /// Where events go.
    pub events: Arc<dyn EventBus>,
    /// What removes the result of an upload that was deleted meanwhile.
    pub purge: Arc<dyn Purge>,
    /// What time it is.
    pub timer: Arc<dyn Timer>,
    /// Name of the bucket for results.
    pub processed_bucket: String,
}

/// A record as it was delivered.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Its bytes.
    pub data: &'a [u8],
    /// Its place on the stream.
    pub position: &'a StreamPosition,
    /// When Lambda ends the invocation that it was delivered to.
    pub deadline: Deadline,
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
    /// The upload is deleted.
    Deleted,
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
    #[error("the upload's row was changed by another")]
    Overtaken,
    /// The bucket is too young for S3 to be sure that the object does not exist.
    #[error("the object is not visible yet")]
    NotVisible,
    /// The invocation is about to end.
    #[error("the upload took longer than was left of the invocation")]
    OutOfTime,
    /// The processor panicked.
    #[error("the processor panicked: {0}")]
    Panicked(String),
}

impl Retry {
    /// Returns whether the upload itself may be why.
    fn counts_as_try(&self) -> bool {
        matches!(self, Self::OutOfTime | Self::Panicked(_))
    }
}

/// What work on an upload came to.
enum Made {
    /// This is its result.
    Result(Stored),
    /// It will never have one, for this reason.
    Nothing(String),
}

/// Why work on an upload ended before that was known, or written.
enum Stop {
    /// For now.
    Retry(Retry),
    /// The upload was deleted.
    Deleted,
}

impl<E: Into<Retry>> From<E> for Stop {
    fn from(cause: E) -> Self {
        Self::Retry(cause.into())
    }
}

impl Processing {
    /// Processes the record.
    ///
    /// # Errors
    /// When the record has to be delivered again.
    pub async fn process(&self, delivery: Delivery<'_>) -> Result<Outcome, Retry> {
        let record = match UploadRecord::decode(delivery.data) {
            Ok(record) => record,
            Err(invalid) => return self.reject(delivery, invalid).await,
        };
        match self.follow(delivery, &record).await {
            Err(Retry::Port(error)) if error.kind == PortErrorKind::Unreadable => {
                let about = Some((record.owner, record.upload_id));
                let reason = cut(chain(&error), MAX_REASON_BYTES);
                self.send_letter(delivery, about, &reason).await?;
                Ok(Outcome::DeadLettered)
            }
            done => done,
        }
    }

    /// Does what the record's row asks for.
    async fn follow(
        &self,
        delivery: Delivery<'_>,
        record: &UploadRecord,
    ) -> Result<Outcome, Retry> {
        let row = self.table.find(&record.owner, record.upload_id).await?;
        if row.as_ref().is_some_and(Upload::is_deleted) {
            return Ok(Outcome::Deleted);
        }
        // The row is written before the record, and reads are consistent: it never was there.
        let Some(upload) = row.filter(|row| record.is_vouched_for(row)) else {
            let about = Some((record.owner.clone(), record.upload_id));
            let reason = "the table has no upload with this id, owner and object version";
            self.send_letter(delivery, about, reason).await?;
            return Ok(Outcome::DeadLettered);
        };
        let upload = self.unheld(upload, delivery.deadline).await?;
        // That it was received, or how it ended: whoever wrote that may have died before it told.
        self.tell(&upload).await?;
        let now = self.timer.now();
        match upload.lease(HolderId::generate(), now, now + LEASE_TERM) {
            Ok(leased) => {
                let leased = self.take(&upload, leased).await?;
                self.work(delivery, leased).await
            }
            Err(LeaseRefusal::Finished) => Ok(Outcome::Finished),
            Err(LeaseRefusal::Held(until)) => Err(Retry::Leased(until)),
            // The bytes of an upload that a record tells of have arrived.
            Err(LeaseRefusal::NotReceived) => Err(Retry::Overtaken),
            Err(LeaseRefusal::Exhausted) => {
                let reason = format!("processing ended {MAX_TRIES} times without a result");
                self.send_letter(delivery, name(&upload), &reason).await?;
                self.fail(&upload, &reason).await?;
                Ok(Outcome::DeadLettered)
            }
        }
    }

    /// Waits for the end of another's lease, if that leaves time for the work: whoever held it is
    /// dead, or done.
    async fn unheld(&self, mut upload: Upload, deadline: Deadline) -> Result<Upload, PortError> {
        let end = deadline.time(&*self.timer);
        loop {
            let now = self.timer.now();
            match upload.held_until(now) {
                Some(until) if until + TIME_FOR_A_RECORD < end => {
                    self.timer.sleep(left(now, until)).await;
                }
                _ => return Ok(upload),
            }
            if let Some(row) = self.table.find(&upload.owner, upload.upload_id).await? {
                upload = row;
            }
        }
    }

    /// Works on a leased upload until it is finished, or its lease released.
    async fn work(&self, delivery: Delivery<'_>, mut leased: Leased) -> Result<Outcome, Retry> {
        match self.finish(delivery, &mut leased).await {
            Ok(upload) => {
                self.tell(&upload).await?;
                Ok(match upload.state {
                    UploadState::Processed { .. } => Outcome::Processed,
                    _ => Outcome::DeadLettered,
                })
            }
            Err(Stop::Retry(retry)) => {
                self.release(leased, &retry).await;
                Err(retry)
            }
            Err(Stop::Deleted) => {
                let result = self.result_of(leased.upload());
                self.purge.remove_all(&result).await?;
                Ok(Outcome::Deleted)
            }
        }
    }

    /// Works on a leased upload until it is PROCESSED or FAILED.
    async fn finish(&self, delivery: Delivery<'_>, leased: &mut Leased) -> Result<Upload, Stop> {
        let made = self.attempt(leased, delivery.deadline).await?;
        if let Made::Nothing(reason) = &made {
            let about = name(leased.upload());
            self.send_letter(delivery, about, reason).await?;
        }
        let now = self.timer.now();
        self.advance(leased, |it| match &made {
            Made::Result(result) => it.processed(now, result.clone()),
            Made::Nothing(reason) => it.failed(now, reason),
        })
        .await
    }

    /// Sends an invalid record to the queue. The upload that it names fails with it, unless that is
    /// finished or somebody works on it.
    async fn reject(
        &self,
        delivery: Delivery<'_>,
        invalid: InvalidRecord,
    ) -> Result<Outcome, Retry> {
        let InvalidRecord { reason, upload } = invalid;
        self.send_letter(delivery, upload.clone(), &reason).await?;
        if let Some((owner, upload_id)) = upload
            && let Some(row) = self.table.find(&owner, upload_id).await?
        {
            self.fail(&row, &reason).await?;
        }
        Ok(Outcome::DeadLettered)
    }

    /// Fails an upload that nobody works on, and tells of it, also where it is finished.
    async fn fail(&self, upload: &Upload, reason: &str) -> Result<(), Retry> {
        match upload.fail(self.timer.now(), reason) {
            Ok(failed) => match self.table.update(upload, &failed).await? {
                Write::Done => Ok(self.tell(&failed).await?),
                Write::Conflict => Err(Retry::Overtaken),
            },
            Err(LeaseRefusal::Finished) => Ok(self.tell(upload).await?),
            Err(_) => Ok(()),
        }
    }

    /// Sends the event that tells of the upload's state, if one does.
    async fn tell(&self, upload: &Upload) -> Result<(), PortError> {
        match UploadEvent::of(upload) {
            Some(event) => self.events.send(&event).await,
            None => Ok(()),
        }
    }

    async fn send_letter(
        &self,
        delivery: Delivery<'_>,
        upload: Option<(Owner, UploadId)>,
        reason: &str,
    ) -> Result<(), PortError> {
        let letter = DeadLetter {
            reason: reason.to_owned(),
            position: delivery.position.clone(),
            upload,
            data: delivery.data.to_owned(),
            failed_at: self.timer.now(),
        };
        self.dead_letters.send(&letter).await
    }

    /// Returns the place of the upload's result.
    fn result_of(&self, upload: &Upload) -> Location {
        Location {
            bucket: self.processed_bucket.clone(),
            key: processed_key(upload),
        }
    }
}

fn name(upload: &Upload) -> Option<(Owner, UploadId)> {
    Some((upload.owner.clone(), upload.upload_id))
}

/// Returns the time from `now` until then; zero, if that is over.
fn left(now: Timestamp, until: Timestamp) -> Duration {
    until.duration_since(now).try_into().unwrap_or_default()
}
