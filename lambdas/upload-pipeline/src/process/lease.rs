//! Writes of a lease's holder. None of them is confused when the answer to an earlier one is lost:
//! the holder finds itself in the row.

use super::{LEASE_TERM, Processing, Retry, Stop};
use crate::domain::{Leased, Upload};
use crate::ports::{PortError, Write};

/// What the row of a leased upload turns out to be.
enum Row {
    /// The holder's, perhaps ahead of what the holder knew.
    Own(Box<Leased>),
    /// Another's.
    Other,
    /// A tombstone.
    Deleted,
}

impl Processing {
    /// Writes a new lease.
    pub(super) async fn take(&self, before: &Upload, leased: Leased) -> Result<Leased, Retry> {
        let error = match self.table.update(before, leased.upload()).await {
            Ok(Write::Done) => return Ok(leased),
            Ok(Write::Conflict) => return Err(Retry::Overtaken),
            Err(error) => error,
        };
        // If it is written all the same, the next try would wait for it as for another's.
        match self.reread(&leased).await {
            Ok(Row::Own(taken)) => Ok(*taken),
            _ => Err(error.into()),
        }
    }

    /// Writes what comes `next` for a leased upload, and returns it.
    pub(super) async fn advance(
        &self,
        leased: &mut Leased,
        next: impl Fn(&Leased) -> Upload,
    ) -> Result<Upload, Stop> {
        loop {
            let next = next(leased);
            if self.table.update(leased.upload(), &next).await? == Write::Done {
                return Ok(next);
            }
            match self.reread(leased).await? {
                Row::Own(ahead) => *leased = *ahead,
                Row::Other => return Err(Retry::Overtaken.into()),
                Row::Deleted => return Err(Stop::Deleted),
            }
        }
    }

    /// Extends the lease.
    pub(super) async fn renew(&self, leased: &mut Leased) -> Result<(), Stop> {
        let now = self.timer.now();
        let renewed = self.advance(leased, |it| it.renewed(now, now + LEASE_TERM).into_upload());
        let renewed = renewed.await?;
        if let Some(renewed) = leased.found_in(&renewed) {
            *leased = renewed;
        }
        Ok(())
    }

    /// Releases the lease early so that a retry need not wait for it to expire.
    pub(super) async fn release(&self, mut leased: Leased, retry: &Retry) {
        let now = self.timer.now();
        let released = self.advance(&mut leased, |it| match retry.counts_as_try() {
            true => it.abandoned(now),
            false => it.released(now),
        });
        if let Err(Stop::Retry(error)) = released.await {
            let upload_id = leased.upload().upload_id;
            tracing::warn!(%upload_id, %error, "lease not released; it expires");
        }
    }

    async fn reread(&self, leased: &Leased) -> Result<Row, PortError> {
        let upload = leased.upload();
        let row = self.table.find(&upload.owner, upload.upload_id).await?;
        Ok(match row {
            Some(row) if row.is_deleted() => Row::Deleted,
            Some(row) => match leased.found_in(&row) {
                Some(ahead) => Row::Own(ahead.into()),
                None => Row::Other,
            },
            None => Row::Other,
        })
    }
}
