//! Data sources.

use crate::model::Model;
use crate::{Context, Result};

/// A data source: what a `data` block reads.
pub trait DataSource: Send + Sync + 'static {
    /// Its type in the configuration, such as `example_notes`.
    const NAME: &'static str;

    /// What the provider's configuration makes.
    type Client: Send + Sync + 'static;

    /// Its attributes and blocks.
    type Model: Model;

    /// Checks a configuration further than its schema does. Anything may be
    /// unknown still.
    fn validate_config(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, config);
        async { Ok(()) }
    }

    /// Fills in what the configuration, which is wholly known now, leaves out.
    fn read(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;
}
