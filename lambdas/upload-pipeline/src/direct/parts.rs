//! `/uploads/{upload_id}/parts`: signed requests for parts, and which have arrived.

use super::{Direct, Refusal, plan};
use crate::domain::{Multipart, Owner, Sha256Digest, Upload, UploadId, UploadState};
use crate::open::{READS, contended};
use crate::ports::Write;
use crate::ports::direct::{PartPage, SignedRequest};

/// A part that a client is about to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedPart {
    /// Its number, from 1.
    pub number: u16,
    /// Its checksum.
    pub sha256: Sha256Digest,
}

/// An upload whose parts are awaited.
pub(super) struct Open {
    pub upload: Upload,
    /// Size of the whole, in bytes.
    pub size: u64,
    pub multipart: Multipart,
}

impl Direct {
    /// Signs the PUTs of these parts, in their order.
    ///
    /// # Errors
    /// When there is no such part, or the upload awaits none; when a port failed.
    pub async fn sign_parts(
        &self,
        owner: &Owner,
        id: UploadId,
        wanted: &[WantedPart],
    ) -> Result<Vec<SignedRequest>, Refusal> {
        let open = self.open(owner, id).await?;
        let sizes = sizes(&open, wanted)?;
        let location = open.upload.location.clone();
        let multipart_id = self.begun(open).await?;
        let mut signed = Vec::with_capacity(wanted.len());
        for (part, size) in wanted.iter().zip(sizes) {
            let request =
                self.store
                    .sign_part(&location, &multipart_id, part.number, size, part.sha256);
            signed.push(request.await?);
        }
        Ok(signed)
    }

    /// Returns which parts have arrived behind number `after`.
    ///
    /// # Errors
    /// When the upload awaits none, or a port failed.
    pub async fn arrived_parts(
        &self,
        owner: &Owner,
        id: UploadId,
        after: u16,
    ) -> Result<PartPage, Refusal> {
        let open = self.open(owner, id).await?;
        let Some(multipart_id) = &open.multipart.id else {
            return Ok(PartPage {
                parts: Vec::new(),
                more: false,
            });
        };
        let location = &open.upload.location;
        if let Some(page) = self.store.parts(location, multipart_id, after).await? {
            return Ok(page);
        }
        // They were joined, and perhaps nobody has noticed yet.
        self.arrivals.look(open.upload).await?;
        let detail = "the parts are joined, or were removed; look at the upload";
        Err(Refusal::State(detail.to_owned()))
    }

    /// Returns the upload, if it awaits parts.
    async fn open(&self, owner: &Owner, id: UploadId) -> Result<Open, Refusal> {
        let upload = self.find(owner, id).await?;
        match &upload.state {
            UploadState::Pending { open_until, .. } if *open_until <= self.clock.now() => {
                let detail = "the time for the upload's bytes is over; announce it again";
                Err(Refusal::State(detail.to_owned()))
            }
            UploadState::Pending {
                announced,
                multipart: Some(multipart),
                ..
            } => Ok(Open {
                size: announced.size,
                multipart: multipart.clone(),
                upload,
            }),
            UploadState::Pending { .. } => {
                let detail =
                    "the upload comes in one piece; send it with the PUT of the announcement";
                Err(Refusal::State(detail.to_owned()))
            }
            state => Err(Refusal::State(format!(
                "the upload awaits no parts; it is {}",
                state.name()
            ))),
        }
    }

    /// Returns the id of the upload's multipart upload, which the first request for parts begins.
    /// One that was begun in vain is aborted.
    async fn begun(&self, open: Open) -> Result<String, Refusal> {
        if let Some(id) = open.multipart.id {
            return Ok(id);
        }
        let location = open.upload.location.clone();
        let content_type = &open.upload.content_type;
        let id = self.store.begin(&location, content_type).await?;
        let named = self.name(open.upload, &id).await;
        let is_in_vain = match &named {
            Ok(there) => *there != id,
            // It may be written all the same.
            Err(Refusal::Port(_)) => false,
            Err(_) => true,
        };
        if is_in_vain {
            self.store.abort(&location, &id).await?;
        }
        named
    }

    /// Writes the multipart upload's id into the row. Returns the one that is there then: another
    /// request may have begun one at the same time.
    async fn name(&self, mut upload: Upload, id: &str) -> Result<String, Refusal> {
        for _ in 0..READS {
            if let Some(next) = upload.begun(self.clock.now(), id.to_owned())
                && self.table.update(&upload, &next).await? == Write::Done
            {
                return Ok(id.to_owned());
            }
            let open = self.open(&upload.owner, upload.upload_id).await?;
            if let Some(theirs) = open.multipart.id {
                return Ok(theirs);
            }
            upload = open.upload;
        }
        Err(contended(upload.upload_id).into())
    }
}

fn sizes(open: &Open, wanted: &[WantedPart]) -> Result<Vec<u64>, Refusal> {
    let part_size = open.multipart.part_size;
    let sizes = wanted.iter().enumerate().map(|(index, part)| {
        plan::size_of(part.number, open.size, part_size).ok_or(Refusal::NoSuchPart {
            index,
            count: plan::count(open.size, part_size),
        })
    });
    sizes.collect()
}
