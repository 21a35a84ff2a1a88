//! What the provider's resources work with.

use packaging::{Architecture, AwsSettings, Builder, Releases, S3, Store};
use tf_provider::{Diagnostic, Result};

use crate::diagnostics;
use crate::model::StoreModel;

/// Shared by all resources of one run.
#[derive(Default)]
pub(crate) struct Client {
    /// Compiles.
    pub builder: Builder,
    /// For stores and releases; nothing while the provider's configuration is unknown.
    s3: Option<S3>,
}

impl Client {
    /// Makes a client for what is known of the provider's configuration.
    pub fn new(settings: Option<AwsSettings>) -> Self {
        Self {
            builder: Builder::default(),
            s3: settings.map(S3::new),
        }
    }

    /// Whether stores and releases can be reached, as far as the provider's configuration is known.
    pub fn is_configured(&self) -> bool {
        self.s3.is_some()
    }

    fn s3(&self) -> Result<&S3> {
        self.s3.as_ref().ok_or_else(|| {
            let detail = "An argument in the block provider \"rustlambda\" depends on what is known \
                          only after apply, and a store or release is to be read before. Apply that \
                          first with -target, or give the argument a value that is known.";
            Diagnostic::error("The provider's configuration is unknown", detail).into()
        })
    }

    /// Whether Lambda says that there is no function of this ARN.
    pub async fn lacks_function(&self, arn: &str) -> bool {
        match &self.s3 {
            Some(s3) => s3.lacks_function(arn).await,
            None => false,
        }
    }

    /// Opens the store that a package names, if it names one.
    pub async fn store(&self, model: Option<&StoreModel>) -> Result<Option<Store>> {
        let Some(model) = model else { return Ok(None) };
        let verify = model.verify.known().copied().unwrap_or_default();
        let store = Store::open(self.s3()?, model.place()?, verify).await;
        Ok(Some(store.map_err(|error| diagnostics::of(&error))?))
    }

    /// Opens the releases of a function.
    pub async fn releases(
        &self,
        name: &str,
        architecture: Architecture,
        model: &StoreModel,
    ) -> Result<Releases> {
        let releases = Releases::open(self.s3()?, model.place()?, name, architecture).await;
        Ok(releases.map_err(|error| diagnostics::of_release(&error))?)
    }
}
