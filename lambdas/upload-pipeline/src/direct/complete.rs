//! `POST /uploads/{upload_id}/complete`: joins the parts, and has what has arrived received.
//!
//! A repeated completion, and one whose answer from S3 was lost, finds what is there.

use super::{Direct, Refusal, plan};
use crate::arrive::Arrival;
use crate::domain::{Location, Multipart, Owner, Upload, UploadId, UploadState};
use crate::ports::direct::{Joined, Part};

/// Most numbers of missing parts in an answer.
pub const MAX_MISSING: usize = 100;

/// Outcome of completing an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// Its bytes are received: now, or before.
    Received(Upload),
    /// S3 still joins the parts.
    Running(Upload),
}

impl Direct {
    /// Completes the upload.
    ///
    /// # Errors
    /// When parts are missing, nothing has arrived, or the upload was given up; when a port failed.
    pub async fn complete(&self, owner: &Owner, id: UploadId) -> Result<Completion, Refusal> {
        let upload = self.find(owner, id).await?;
        let multipart = match &upload.state {
            UploadState::Pending { multipart, .. } => multipart.as_ref(),
            UploadState::Failed {
                object: None,
                reason,
                ..
            } => return Err(Refusal::State(given_up(reason))),
            _ => return Ok(Completion::Received(upload)),
        };
        if let (Some(multipart), Some(announced)) = (multipart, upload.announcement()) {
            let joined = self
                .join(&upload.location, announced.size, multipart)
                .await?;
            if joined == Joined::Running {
                return Ok(Completion::Running(upload));
            }
        }
        self.received(upload).await
    }

    async fn received(&self, upload: Upload) -> Result<Completion, Refusal> {
        match self.arrivals.look(upload).await? {
            Arrival::Received(upload) => Ok(Completion::Received(upload)),
            Arrival::Refused(upload) => {
                let reason = match &upload.state {
                    UploadState::Failed { reason, .. } => reason.as_str(),
                    _ => "",
                };
                Err(Refusal::State(given_up(reason)))
            }
            Arrival::Missing(_) => {
                let detail = "the bytes are not there; send them, or announce the upload again";
                Err(Refusal::State(detail.to_owned()))
            }
            Arrival::TooLate => Err(Refusal::Unknown),
        }
    }

    async fn join(
        &self,
        location: &Location,
        size: u64,
        multipart: &Multipart,
    ) -> Result<Joined, Refusal> {
        let count = plan::count(size, multipart.part_size);
        let Some(id) = &multipart.id else {
            return Err(Refusal::PartsMissing(missing(&[], count, |_| None)));
        };
        let Some(parts) = self.all_parts(location, id).await? else {
            return Ok(Joined::Gone);
        };
        let expected = |number| plan::size_of(number, size, multipart.part_size);
        let missing = missing(&parts, count, expected);
        if !missing.is_empty() {
            return Err(Refusal::PartsMissing(missing));
        }
        // A request that died over beginning one has left it, and nobody looks for it later.
        for other in self.store.begun(location).await? {
            if other != *id {
                self.store.abort(location, &other).await?;
            }
        }
        let joined = self.store.join(location, id, &parts).await?;
        if joined == Joined::Exists {
            self.store.abort(location, id).await?;
        }
        Ok(joined)
    }

    async fn all_parts(&self, location: &Location, id: &str) -> Result<Option<Vec<Part>>, Refusal> {
        let mut parts: Vec<Part> = Vec::new();
        loop {
            let after = parts.last().map_or(0, |part| part.number);
            let Some(page) = self.store.parts(location, id, after).await? else {
                return Ok(None);
            };
            let is_last = page.parts.is_empty() || !page.more;
            parts.extend(page.parts);
            if is_last {
                return Ok(Some(parts));
            }
        }
    }
}

/// Returns the numbers of the first parts that have not arrived in their size.
fn missing(parts: &[Part], count: u16, expected: impl Fn(u16) -> Option<u64>) -> Vec<u16> {
    let mut arrived = parts.iter().peekable();
    let numbers = (1..=count).filter(|number| {
        while arrived.next_if(|part| part.number < *number).is_some() {}
        let part = arrived.next_if(|part| part.number == *number);
        part.is_none_or(|part| Some(part.size) != expected(*number))
    });
    numbers.take(MAX_MISSING).collect()
}

fn given_up(reason: &str) -> String {
    format!("the upload was given up: {reason}; announce it again")
}
