//! Processing one record of the stream, any number of times, with its effects once.
//!
//! The row's lease decides who works on an upload, and its revision whether that still holds when
//! the work is done. The result has a key of its own that is written once. So a record that is
//! delivered again finds the upload finished, or waits a few seconds for the lease of whoever died
//! over it, and does what is missing.
//!
//! What no retry can mend goes to the dead letter queue first and to the row second: a row that
//! is FAILED always has its message. A crash between the two sends the message again, with the
//! same sequence number.

mod attempt;

use std::sync::Arc;
use std::time::Duration;

use function_kit::Deadline;
use function_kit::batch::TIME_FOR_A_RECORD;
use jiff::Timestamp;

use crate::domain::upload::MAX_TRIES;
use crate::domain::{
    DeadLetter, InvalidRecord, LeaseRefusal, Leased, Owner, StreamPosition, Upload, UploadId,
    UploadRecord,
};
use crate::ports::{DeadLetterQueue, ObjectStore, PortError, Timer, UploadTable, Write};
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

/// Why work on an upload ended without a result.
enum Stop {
    /// For good, for this reason.
    Rejected(String),
    /// For now.
    Retry(Retry),
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
        let row = self.table.find(&record.owner, record.upload_id).await?;
        // The row is written before the record, and reads are consistent: it never was there.
        let Some(upload) = row.filter(|row| record.is_vouched_for(row)) else {
            let about = Some((record.owner, record.upload_id));
            let reason = "the table has no upload with this id, owner and object version";
            self.send_letter(delivery, about, reason).await?;
            return Ok(Outcome::DeadLettered);
        };
        let upload = self.unheld(upload, delivery.deadline).await?;
        let now = self.timer.now();
        match upload.lease(now, now + LEASE_TERM) {
            Ok(leased) => {
                self.write(&upload, leased.upload()).await?;
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
        let made = self.attempt(&mut leased, delivery.deadline).await;
        let now = self.timer.now();
        let ended = match made {
            Ok(result) => {
                let processed = leased.processed(now, result);
                let written = self.write(leased.upload(), &processed).await;
                written.map(|()| Outcome::Processed)
            }
            Err(Stop::Rejected(reason)) => {
                let failed = leased.failed(now, &reason);
                let sent = self.send_letter(delivery, name(&failed), &reason).await;
                match sent {
                    Ok(()) => {
                        let written = self.write(leased.upload(), &failed).await;
                        written.map(|()| Outcome::DeadLettered)
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Err(Stop::Retry(retry)) => Err(retry),
        };
        if let Err(retry) = &ended {
            self.release(&leased, retry).await;
        }
        ended
    }

    /// Releases the lease early so that a retry need not wait for it to expire.
    async fn release(&self, leased: &Leased, retry: &Retry) {
        let now = self.timer.now();
        let released = match retry.counts_as_try() {
            true => leased.abandoned(now),
            false => leased.released(now),
        };
        if let Err(error) = self.write(leased.upload(), &released).await {
            let upload_id = released.upload_id;
            tracing::warn!(%upload_id, %error, "lease not released; it expires");
        }
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

    async fn fail(&self, upload: &Upload, reason: &str) -> Result<(), Retry> {
        match upload.fail(self.timer.now(), reason) {
            Ok(failed) => self.write(upload, &failed).await,
            Err(_) => Ok(()),
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

    async fn write(&self, before: &Upload, next: &Upload) -> Result<(), Retry> {
        match self.table.update(before, next).await? {
            Write::Done => Ok(()),
            Write::Conflict => Err(Retry::Overtaken),
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
