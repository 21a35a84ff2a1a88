//! Looking after uploads that are due: finishes what a crash, a lost event or a lost record left
//! undone, and ends what never came.
//!
//! | an upload that is | and due | is |
//! |---|---|---|
//! | PENDING | and its bytes are there | received |
//! | PENDING | and its time is over | given up: FAILED, without objects |
//! | RECEIVED, PROCESSING | since its record may be lost | put on the stream again |
//! | FAILED | because it was given up | told of on the bus |
//! | PROCESSED, FAILED | and expired | deleted |
//! | DELETED | since nothing can write its objects any more | purged |
//!
//! Each step is one that may be repeated, and each row is written under the condition that nobody
//! else has meanwhile: two that run at once do each other no harm.

use std::sync::Arc;

use function_kit::Deadline;
use function_kit::batch::TIME_FOR_A_RECORD;
use function_kit::text::chain;
use tokio::task::JoinSet;

use crate::arrive::{Arrival, Arrivals};
use crate::domain::schedule::given_up_at;
use crate::domain::{Object, Schedule, Upload, UploadEvent, UploadRecord, UploadState, time};
use crate::ports::{DUE_PARTITIONS, Due, EventBus, PortError, PortErrorKind};
use crate::remove::Removal;

/// Uploads that are read at once.
const PAGE: u8 = 25;

/// Looks after uploads.
#[derive(Clone)]
pub struct Reconciler {
    /// Receives bytes that have arrived, and holds the ports.
    pub arrivals: Arrivals,
    /// Deletes uploads.
    pub removal: Removal,
    /// Where events go.
    pub events: Arc<dyn EventBus>,
    /// When uploads are due.
    pub schedule: Schedule,
}

/// How many uploads were looked after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// With success.
    pub done: usize,
    /// In vain: they are still due.
    pub failed: usize,
}

impl Reconciler {
    /// Looks after the uploads that are due, until there are none or the time is up; then the rest
    /// is for the next invocation.
    ///
    /// # Errors
    /// When an upload could not be looked after, or the table not be asked. All others were.
    pub async fn run(&self, deadline: Deadline) -> Result<Report, PortError> {
        let mut partitions = JoinSet::new();
        for partition in 0..DUE_PARTITIONS {
            let reconciler = self.clone();
            partitions.spawn(async move {
                let work = reconciler.partition(partition, deadline);
                deadline.bound(work).await?
            });
        }
        let mut total = Report::default();
        let mut first_error = None;
        while let Some(joined) = partitions.join_next().await {
            let joined = joined.map_err(|error| PortError::broken("reconciling", error));
            match joined.flatten() {
                Ok(report) => {
                    total.done += report.done;
                    total.failed += report.failed;
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        tracing::info!(
            done = total.done,
            failed = total.failed,
            "uploads reconciled"
        );
        match first_error {
            Some(error) => Err(error),
            None if total.failed > 0 => Err(PortError {
                operation: "reconciling".into(),
                kind: PortErrorKind::Busy,
                source: format!("{} uploads are still due; the log says why", total.failed).into(),
            }),
            None => Ok(total),
        }
    }

    /// An upload that cannot be looked after does not hold up those behind it.
    async fn partition(&self, partition: u8, deadline: Deadline) -> Result<Report, PortError> {
        let table = &self.arrivals.table;
        let now = self.arrivals.clock.now();
        let mut report = Report::default();
        let mut last: Option<Due> = None;
        while deadline.left() > TIME_FOR_A_RECORD {
            let page = table.due(partition, now, last.as_ref(), PAGE).await?;
            for due in &page {
                match self.upload(due).await {
                    Ok(()) => report.done += 1,
                    Err(error) => {
                        let upload_id = due.upload_id;
                        let cause = chain(&error);
                        tracing::error!(%upload_id, cause, "upload not reconciled");
                        report.failed += 1;
                    }
                }
            }
            if page.len() < usize::from(PAGE) {
                break;
            }
            last = page.into_iter().next_back();
        }
        Ok(report)
    }

    /// Looks after an upload, if its row says that it is due: the index may be behind.
    async fn upload(&self, due: &Due) -> Result<(), PortError> {
        let now = self.arrivals.clock.now();
        let row = self.arrivals.table.find(&due.owner, due.upload_id).await?;
        let is_due = |row: &Upload| self.schedule.due(row).is_some_and(|due_at| due_at <= now);
        let Some(upload) = row.filter(is_due) else {
            return Ok(());
        };
        match &upload.state {
            UploadState::Pending { .. } => self.pending(upload).await,
            UploadState::Received { object } | UploadState::Processing { object, .. } => {
                self.put_again(&upload, object).await
            }
            UploadState::Failed {
                unannounced: true, ..
            } => self.tell(&upload).await,
            UploadState::Processed { .. } | UploadState::Failed { .. } => {
                let deleted = self.removal.delete(&due.owner, due.upload_id);
                deleted.await.map(drop)
            }
            UploadState::Deleted { .. } => {
                self.removal.remove_objects(&upload).await?;
                self.write(&upload, upload.purged(now)).await.map(drop)
            }
        }
    }

    async fn pending(&self, upload: Upload) -> Result<(), PortError> {
        match self.arrivals.look(upload).await? {
            Arrival::Received(_) | Arrival::TooLate => Ok(()),
            Arrival::Refused(upload) => self.tell(&upload).await,
            Arrival::Missing(upload) => {
                let now = self.arrivals.clock.now();
                let UploadState::Pending { open_until, .. } = upload.state else {
                    return Ok(());
                };
                if now < given_up_at(open_until) {
                    let later = Some(upload.looked_after(now));
                    return self.write(&upload, later).await.map(drop);
                }
                let until = time::text(open_until);
                let reason = format!("the file did not arrive by {until}; upload it again");
                match self.write(&upload, upload.given_up(now, &reason)).await? {
                    Some(failed) => self.tell(&failed).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// Puts the record on the stream once more, and leaves the upload alone for a while.
    async fn put_again(&self, upload: &Upload, object: &Object) -> Result<(), PortError> {
        let record = UploadRecord::new(upload, object);
        self.arrivals.stream.put(&record).await?;
        let upload_id = upload.upload_id;
        let status = upload.state.name();
        tracing::warn!(%upload_id, status, "upload put on the stream again");
        let later = upload.looked_after(self.arrivals.clock.now());
        self.write(upload, Some(later)).await.map(drop)
    }

    /// Removes what there is of an upload that was given up, and tells others of it.
    async fn tell(&self, upload: &Upload) -> Result<(), PortError> {
        if upload.state.object().is_none() {
            self.removal.remove_objects(upload).await?;
        }
        if let Some(event) = UploadEvent::of(upload) {
            self.events.send(&event).await?;
        }
        let told = upload.announced(self.arrivals.clock.now());
        self.write(upload, told).await.map(drop)
    }

    /// Returns the next row, if it was written. If another has changed the row, it is no longer due,
    /// or will be looked after again.
    async fn write(
        &self,
        upload: &Upload,
        next: Option<Upload>,
    ) -> Result<Option<Upload>, PortError> {
        let Some(next) = next else {
            return Ok(None);
        };
        let write = self.arrivals.table.update(upload, &next).await?;
        Ok((write == crate::ports::Write::Done).then_some(next))
    }
}
