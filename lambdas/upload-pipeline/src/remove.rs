//! Deleting an upload: first its row becomes a tombstone, which nothing brings back to life, then
//! its objects are removed. Whatever still writes them is found when the tombstone is due, and what
//! it wrote is removed then.

use std::sync::Arc;

use crate::domain::upload::processed_key;
use crate::domain::{Location, Owner, Upload, UploadId};
use crate::open::{READS, contended};
use crate::ports::{Clock, PortError, Purge, UploadTable, Write};

/// Deletes uploads.
#[derive(Clone)]
pub struct Removal {
    /// What removes objects.
    pub purge: Arc<dyn Purge>,
    /// Where the rows are.
    pub table: Arc<dyn UploadTable>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Name of the bucket for results.
    pub processed_bucket: String,
}

impl Removal {
    /// Deletes the owner's upload of that id. Returns whether there was one. Objects that cannot be
    /// removed now are removed when the tombstone is due.
    ///
    /// # Errors
    /// When the table does not answer. The upload may be deleted all the same.
    pub async fn delete(&self, owner: &Owner, id: UploadId) -> Result<bool, PortError> {
        for _ in 0..READS {
            let row = self.table.find(owner, id).await?;
            let Some(upload) = row else {
                return Ok(false);
            };
            let Some(tombstone) = upload.deleted(self.clock.now()) else {
                return Ok(false);
            };
            if self.table.update(&upload, &tombstone).await? == Write::Done {
                if let Err(error) = self.remove_objects(&tombstone).await {
                    tracing::warn!(upload_id = %id, %error, "objects not removed yet");
                }
                return Ok(true);
            }
        }
        Err(contended(id))
    }

    /// Removes every version of the upload's bytes and of its result, and what there is of a
    /// multipart upload.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn remove_objects(&self, upload: &Upload) -> Result<(), PortError> {
        self.purge.remove_all(&upload.location).await?;
        let result = Location {
            bucket: self.processed_bucket.clone(),
            key: processed_key(upload),
        };
        self.purge.remove_all(&result).await
    }
}
