//! The arrival of an upload's bytes in S3, whoever tells of it: S3's event, the client that
//! completes its upload, or the reconciler. None of them is believed: S3 is asked what is there.
//!
//! An event may come early, late, twice or not at all. Bytes that come for an upload that was given
//! up or deleted are removed: for a deleted one not before its signed URLs have died. Until then they
//! keep its key, under which S3 takes nothing new. Otherwise a client could send them again and again,
//! past the API's throttling, and each time start a function.

use std::sync::Arc;

use crate::domain::{
    Announced, Checksum, Object, Owner, Upload, UploadId, UploadRecord, UploadState,
};
use crate::open::{READS, contended};
use crate::ports::{Clock, ObjectStore, PortError, Purge, UploadStream, UploadTable, Write};

/// Receives what has arrived in S3.
#[derive(Clone)]
pub struct Arrivals {
    /// Where the bytes are.
    pub objects: Arc<dyn ObjectStore>,
    /// What removes those that nobody waits for.
    pub purge: Arc<dyn Purge>,
    /// Where the rows are.
    pub table: Arc<dyn UploadTable>,
    /// Where the records go.
    pub stream: Arc<dyn UploadStream>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Name of the bucket for the bytes.
    pub uploads_bucket: String,
}

/// What became of an upload's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// There are none yet.
    Missing(Upload),
    /// They are received: now, or before.
    Received(Upload),
    /// They are not what was announced, so that the upload is given up.
    Refused(Upload),
    /// Nobody waits for them any more; they are removed now, or by the reconciler.
    TooLate,
}

impl Arrivals {
    /// Receives what has arrived for the upload that a key of the bucket for uploads names: the row
    /// knows the whole key. Returns nothing if there is no such upload; the object is left alone.
    ///
    /// # Errors
    /// When a port fails; then this is to be called again.
    pub async fn at(&self, key: &str) -> Result<Option<Arrival>, PortError> {
        let Some((owner, id)) = upload_of(key) else {
            return Ok(None);
        };
        match self.table.find(&owner, id).await? {
            Some(upload) => self.look(upload).await.map(Some),
            None => Ok(None),
        }
    }

    /// Receives the upload's bytes, if they have arrived and nobody has done it.
    ///
    /// # Errors
    /// When a port fails; then this is to be called again. A record that could not be put on the
    /// stream is put there by the reconciler.
    pub async fn look(&self, mut upload: Upload) -> Result<Arrival, PortError> {
        for _ in 0..READS {
            if upload.is_given_up() || upload.is_deleted() {
                if !upload.is_to_be_purged() {
                    self.purge.remove_all(&upload.location).await?;
                }
                return Ok(Arrival::TooLate);
            }
            let next = match &upload.state {
                UploadState::Pending { announced, .. } => {
                    match self.objects.newest(&upload.location).await? {
                        None => return Ok(Arrival::Missing(upload)),
                        Some(object) => self.next(&upload, announced, object),
                    }
                }
                _ => return Ok(Arrival::Received(upload)),
            };
            if let Some(next) = next
                && self.table.update(&upload, &next).await? == Write::Done
            {
                return self.ended(next).await;
            }
            let row = self.table.find(&upload.owner, upload.upload_id).await?;
            upload = row.ok_or_else(|| contended(upload.upload_id))?;
        }
        Err(contended(upload.upload_id))
    }

    fn next(&self, upload: &Upload, announced: &Announced, object: Object) -> Option<Upload> {
        let now = self.clock.now();
        match contradiction(announced, &object) {
            None => upload.received(now, object),
            Some(reason) => upload.given_up(now, &reason),
        }
    }

    async fn ended(&self, upload: Upload) -> Result<Arrival, PortError> {
        let upload_id = upload.upload_id;
        if let UploadState::Received { object } = &upload.state {
            self.stream.put(&UploadRecord::new(&upload, object)).await?;
            tracing::info!(%upload_id, "upload received");
            return Ok(Arrival::Received(upload));
        }
        // Whatever fails here is done by the reconciler, for which the row is due.
        self.purge.remove_all(&upload.location).await?;
        tracing::warn!(%upload_id, "upload refused: it is not what was announced");
        Ok(Arrival::Refused(upload))
    }
}

/// Returns what is wrong with an object, if it is not the announced one. Where the client told no
/// checksum, or S3 has another kind of it, the checksums of the parts were verified.
fn contradiction(announced: &Announced, object: &Object) -> Option<String> {
    if object.size != announced.size {
        let (size, wanted) = (object.size, announced.size);
        return Some(format!("{size} bytes arrived, and {wanted} were announced"));
    }
    match (&announced.sha256, &object.checksum) {
        (Some(wanted), Checksum::Sha256(sha256)) if sha256 != wanted => Some(format!(
            "bytes with the SHA-256 {sha256} arrived, and {wanted} was announced"
        )),
        _ => None,
    }
}

/// Returns the upload whose bytes have this key, if it is such a key:
/// `uploads/<owner>/<upload_id>/<file name>`.
fn upload_of(key: &str) -> Option<(Owner, UploadId)> {
    let mut segments = key.strip_prefix("uploads/")?.splitn(3, '/');
    let owner = segments.next()?.parse().ok()?;
    let id = segments.next()?.parse().ok()?;
    segments.next().map(|_| (owner, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Sha256Digest;

    #[test]
    fn an_object_of_another_size_or_content_is_not_the_announced_one() {
        let sha256 = Sha256Digest::of(b"hello");
        let announced = |sha256| Announced { size: 5, sha256 };
        let object = |size, checksum| Object {
            version: "v".into(),
            size,
            checksum,
        };
        let composite = || Checksum::Composite("x-2".into());
        for (announced, object, is_it) in [
            (
                announced(Some(sha256)),
                object(5, Checksum::Sha256(sha256)),
                true,
            ),
            (announced(Some(sha256)), object(5, composite()), true),
            (announced(None), object(5, composite()), true),
            (announced(None), object(6, composite()), false),
            (announced(Some(sha256)), object(4, composite()), false),
            (
                announced(Some(sha256)),
                object(5, Checksum::Sha256(Sha256Digest::of(b"hullo"))),
                false,
            ),
        ] {
            let reason = contradiction(&announced, &object);
            assert_eq!(reason.is_none(), is_it, "{object:?}: {reason:?}");
        }
    }

    #[test]
    fn only_keys_of_uploads_name_one() {
        let id = UploadId::generate();
        let owner: Owner = "alice".parse().unwrap();
        let named = upload_of(&format!("uploads/alice/{id}/a b+c/d.txt"));
        assert_eq!(named, Some((owner, id)));
        for key in [
            String::new(),
            "uploads/".to_owned(),
            format!("uploads/alice/{id}"),
            format!("processed/alice/{id}/a"),
            format!("uploads//{id}/a"),
            "uploads/alice/1/a".to_owned(),
        ] {
            assert_eq!(upload_of(&key), None, "{key}");
        }
    }
}
