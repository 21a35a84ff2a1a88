//! One try to make an upload's result, under a lease that a heartbeat renews.

use std::sync::Arc;
use std::time::Duration;

use function_kit::Deadline;
use function_kit::text::cut;
use tokio::task::{JoinError, JoinSet};

use super::{LEASE_TERM, Made, Processing, Retry, Stop, left};
use crate::domain::record::MAX_REASON_BYTES;
use crate::domain::{Leased, Location, Stored};
use crate::ports::{PortError, Put, ReadError, Sink, Source, vanished};
use crate::processor::{Description, ProcessError, Processor};

/// Time between renewals of the lease, and for each of them: two may fail before it expires.
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
    ) -> Result<Made, Stop> {
        let end = deadline.time(&*self.timer);
        let upload = leased.upload();
        let location = self.result_of(upload);
        let source = self.objects.source(&upload.location, leased.object());
        let sink = self.objects.sink(&location, &self.processor.content_type());
        let processor = Arc::clone(&self.processor);
        // Dropped with its task, which ends that.
        let mut tasks = JoinSet::new();
        let made = make(processor, Description::from(upload), source, sink);
        tasks.spawn(deadline.bound(made));

        let time_left = left(self.timer.now() + TIME_TO_RELEASE, end);
        let joined = tokio::select! {
            biased;
            joined = tasks.join_next() => joined,
            () = self.timer.sleep(time_left) => return Err(Retry::OutOfTime.into()),
            lost = self.keep(leased) => return Err(lost),
        };
        let Some(joined) = joined else {
            return Err(Retry::OutOfTime.into());
        };
        match joined.map_err(panicked)?.map_err(|_| Retry::OutOfTime)? {
            Ok(put) => Ok(Made::Result(self.stored(location, put).await?)),
            Err(error) => self.failed(leased, error),
        }
    }

    /// Renews the lease with each heartbeat until it is lost. Returns why that is.
    ///
    /// A renewal is given up at the next heartbeat, before the lease expires, however long its
    /// call hangs.
    async fn keep(&self, leased: &mut Leased) -> Stop {
        self.timer.sleep(HEARTBEAT).await;
        loop {
            let mut next = self.timer.sleep(HEARTBEAT);
            let renewed = tokio::select! {
                biased;
                renewed = self.renew(leased) => renewed,
                () = &mut next => continue,
            };
            match renewed {
                Err(Stop::Retry(Retry::Port(error))) => tracing::warn!(%error, "lease not renewed"),
                Err(lost) => return lost,
                Ok(()) => {}
            }
            next.await;
        }
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

    fn failed(&self, leased: &Leased, error: ProcessError) -> Result<Made, Stop> {
        let created_at = leased.upload().created_at;
        match error {
            ProcessError::Rejected(reason) => Ok(Made::Nothing(cut(reason, MAX_REASON_BYTES))),
            ProcessError::Port(error) | ProcessError::Read(ReadError::Port(error)) => {
                Err(error.into())
            }
            ProcessError::Read(ReadError::NoSuchKey) if self.timer.now() < created_at + YOUNG => {
                Err(Retry::NotVisible.into())
            }
            ProcessError::Read(missing) => Ok(Made::Nothing(missing.to_string())),
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
