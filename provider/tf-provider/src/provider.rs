//! The provider itself.

use crate::model::Model;
use crate::{Catalog, Context, Result, model};

/// A provider: its configuration, and what it offers.
///
/// The [crate's documentation](crate) shows a whole one.
pub trait Provider: Send + Sync + 'static {
    /// Where Terraform finds it: `namespace/name`, or with the host in front.
    const ADDRESS: &'static str;

    /// Its version; `env!("CARGO_PKG_VERSION")` for the most part.
    const VERSION: &'static str;

    /// The attributes of its `provider` block; [`NoConfig`] for none.
    type Config: Model;

    /// What its resources work with, made once from the configuration.
    type Client: Send + Sync + 'static;

    /// Everything it offers.
    fn catalog(&self) -> Catalog<Self::Client>;

    /// Checks a configuration further than its schema does. Anything may be
    /// unknown still.
    fn validate_config(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Config,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, config);
        async { Ok(()) }
    }

    /// Makes the client from the configuration. What Terraform does not know
    /// before it applies may be unknown still.
    fn configure(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Config,
    ) -> impl Future<Output = Result<Self::Client>> + Send;

    /// Its name: the last part of the address, and the first of every resource's name.
    fn name() -> &'static str {
        Self::ADDRESS.rsplit('/').next().unwrap_or(Self::ADDRESS)
    }
}

model! {
    /// A provider without configuration.
    pub struct NoConfig {}
}
