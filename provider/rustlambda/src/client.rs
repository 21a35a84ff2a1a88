//! What the provider's resources work with.

use packaging::{Builder, S3, Store};
use tf_provider::Result;

use crate::model::StoreModel;

/// Shared by all resources of one run.
#[derive(Default)]
pub(crate) struct Client {
    /// Compiles.
    pub builder: Builder,
    /// For stores and releases.
    pub s3: S3,
}

impl Client {
    /// Opens the store that a resource names, if it names one.
    pub async fn store(&self, model: Option<&StoreModel>) -> Result<Option<Store>> {
        let Some(model) = model else { return Ok(None) };
        let prefix = model.prefix.as_str().unwrap_or_default();
        Ok(Some(
            Store::open(&self.s3, model.bucket.get()?, prefix).await,
        ))
    }
}
