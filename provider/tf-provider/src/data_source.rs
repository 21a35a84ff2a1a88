//! Data sources.

use crate::model::Model;
use crate::{Context, Result};

/// A data source: what a `data` block reads.
pub trait DataSource: Send + Sync + 'static {
    /// Its type in the configuration, such as `example_notes`.
    const NAME: &'static str;

    /// The client that [`Provider::configure`](crate::Provider::configure) returns.
    type Client: Send + Sync + 'static;

    /// Its attributes and blocks.
    type Model: Model;

    /// Validates a configuration beyond what its schema does. Values may still be
    /// unknown.
    fn validate_config(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, config);
        async { Ok(()) }
    }

    /// Reads the data. `config` is wholly known; the result fills in what it leaves out.
    fn read(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;
}
