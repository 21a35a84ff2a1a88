//! Removal of everything that S3 holds under a key.

use async_trait::async_trait;
use function_kit::aws::port_error;

use super::multipart;
use super::object_store::S3Objects;
use crate::domain::Location;
use crate::ports::{PortError, Purge};

#[async_trait]
impl Purge for S3Objects {
    /// Aborts first: a multipart upload that is completed meanwhile leaves a version, which is then
    /// deleted.
    async fn remove_all(&self, location: &Location) -> Result<(), PortError> {
        for id in multipart::begun(self.client(), location).await? {
            multipart::abort(self.client(), location, &id).await?;
        }
        while self.delete_some(location).await? {}
        Ok(())
    }
}

impl S3Objects {
    /// Deletes the versions and delete markers of the first page. Returns whether there may be more.
    async fn delete_some(&self, location: &Location) -> Result<bool, PortError> {
        let operation = |name: &str| format!("{name} in bucket {}", location.bucket);
        let list = self.client().list_object_versions();
        let sent = list.bucket(&location.bucket).prefix(&location.key).send();
        let page = sent
            .await
            .map_err(|error| port_error(operation("ListObjectVersions"), error))?;
        let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = page.delete_markers().iter();
        let markers = markers.map(|marker| (marker.key(), marker.version_id()));
        let mut is_any = false;
        for (key, version) in versions.chain(markers) {
            if key != Some(&location.key) {
                continue;
            }
            is_any = true;
            let delete = self.client().delete_object();
            let sent = delete
                .bucket(&location.bucket)
                .key(&location.key)
                .set_version_id(version.map(str::to_owned))
                .send();
            sent.await
                .map_err(|error| port_error(operation("DeleteObject"), error))?;
        }
        Ok(is_any && page.is_truncated == Some(true))
    }
}
