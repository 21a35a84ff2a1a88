//! The provider itself.

use crate::model::Model;
use crate::{Catalog, Context, Result, model};

/// A provider: its configuration, and what it offers. See the
/// [crate's documentation](crate) for an example.
pub trait Provider: Send + Sync + 'static {
    /// Its source address: `namespace/name`, or with the host in front.
    const ADDRESS: &'static str;

    /// Its version, usually `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;

    /// The attributes of its `provider` block; [`NoConfig`] for none.
    type Config: Model;

    /// The client that its resources share, created once from the configuration.
    type Client: Send + Sync + 'static;

    /// Returns everything it offers.
    fn catalog(&self) -> Catalog<Self::Client>;

    /// Validates a configuration beyond what its schema does. Values may still be
    /// unknown.
    fn validate_config(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Config,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, config);
        async { Ok(()) }
    }

    /// Creates the client from the configuration. While Terraform plans, values may
    /// still be unknown.
    fn configure(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Config,
    ) -> impl Future<Output = Result<Self::Client>> + Send;

    /// Returns its name: the last part of the address, and the prefix of every
    /// resource's name.
    fn name() -> &'static str {
        Self::ADDRESS.rsplit('/').next().unwrap_or(Self::ADDRESS)
    }
}

model! {
    /// A provider without configuration.
    pub struct NoConfig {}
}
