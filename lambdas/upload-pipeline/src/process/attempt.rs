//! One try to make an upload's result, under a lease that a heartbeat renews.

use std::sync::Arc;
use std::time::Duration;

use function_kit::Deadline;
use function_kit::text::cut;
use tokio::task::{JoinError, JoinSet};

use super::{LEASE_TERM, Processing, Retry, Stop, left};
use crate::domain::record::MAX_REASON_BYTES;
use crate::domain::upload::processed_key;
use crate::domain::{Leased, Location, Stored};
use crate::ports::{PortError, Put, ReadError, Sink, Source, Write, vanished};
use crate::processor::{Description, ProcessError, Processor};

/// Time between renewals of the lease. Two may fail before it expires, if they fail at once.
const HEARTBEAT: Duration = Duration::from_secs(LEASE_TERM.as_secs() / 3);

/// Time of the invocation that is kept for releasing the lease: the call ends
/// [`MARGIN`](function_kit::deadline::MARGIN) before the invocation.
const TIME_TO_RELEASE: Duration = Duration::from_secs(3);

/// For how long S3 may not find a new object: versioning takes that long to take effect in all of
/// a new bucket ("Enabling versioning on buckets").
const YOUNG: Duration = Duration::from_secs(15 * 60);

impl Processing {
    /// Has the processor make the result.
    pub(super) async fn attempt(
        &self,
        leased: &mut Leased,
        deadline: Deadline,
    ) -> Result<Stored, Stop> {
        let end = deadline.time(&*self.timer);
        let upload = leased.upload();
        let location = Location {
            bucket: self.processed_bucket.clone(),
            key: processed_key(upload),
        };
        let source = self.objects.source(&upload.location, leased.object());
        let sink = self.objects.sink(&location, &self.processor.content_type());
        let processor = Arc::clone(&self.processor);
        // Dropped with its task, which ends that.
        let mut tasks = JoinSet::new();
        let made = make(processor, Description::from(upload), source, sink);
        tasks.spawn(deadline.bound(made));

        let mut time_left = left(self.timer.now() + TIME_TO_RELEASE, end);
        let joined = loop {
            let pause = HEARTBEAT.min(time_left);
            let joined = tokio::select! {
                biased;
                joined = tasks.join_next() => joined,
                () = self.timer.sleep(pause) => None,
            };
            if let Some(joined) = joined {
                break joined;
            }
            time_left = left(self.timer.now() + TIME_TO_RELEASE, end);
            if time_left.is_zero() {
                return Err(Retry::OutOfTime.into());
            }
            self.renew(leased).await?;
        };
        match joined.map_err(panicked)?.map_err(|_| Retry::OutOfTime)? {
            Ok(put) => Ok(self.stored(location, put).await?),
            Err(error) => Err(self.stop(leased, error)),
        }
    }

    /// Extends the lease. If the table does not answer, the next heartbeat tries again.
    async fn renew(&self, leased: &mut Leased) -> Result<(), Retry> {
        let now = self.timer.now();
        let renewed = leased.renewed(now, now + LEASE_TERM);
        match self.table.update(leased.upload(), renewed.upload()).await {
            Ok(Write::Done) => *leased = renewed,
            Ok(Write::Conflict) => return Err(Retry::Overtaken),
            Err(error) => tracing::warn!(%error, "lease not renewed"),
        }
        Ok(())
    }

    /// Returns the result. One that is there already is what an earlier try made of the same bytes.
    async fn stored(&self, location: Location, put: Put) -> Result<Stored, PortError> {
        let object = match put {
            Put::Created(object) => object,
            Put::Exists => match self.objects.newest(&location).await? {
                Some(object) => object,
                None => return Err(vanished(&location)),
            },
        };
        Ok(Stored { location, object })
    }

    fn stop(&self, leased: &Leased, error: ProcessError) -> Stop {
        let created_at = leased.upload().created_at;
        match error {
            ProcessError::Rejected(reason) => Stop::Rejected(cut(reason, MAX_REASON_BYTES)),
            ProcessError::Port(error) | ProcessError::Read(ReadError::Port(error)) => error.into(),
            ProcessError::Read(ReadError::NoSuchKey) if self.timer.now() < created_at + YOUNG => {
                Retry::NotVisible.into()
            }
            ProcessError::Read(missing) => Stop::Rejected(missing.to_string()),
        }
    }
}

async fn make(
    processor: Arc<dyn Processor>,
    upload: Description,
    source: Box<dyn Source>,
    mut sink: Box<dyn Sink>,
) -> Result<Put, ProcessError> {
    processor.process(&upload, &*source, &mut *sink).await?;
    Ok(sink.finish().await?)
}

fn panicked(error: JoinError) -> Retry {
    Retry::Panicked(error.to_string())
}
