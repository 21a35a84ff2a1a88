//! Ephemeral resources.

use std::time::SystemTime;

use crate::model::Model;
use crate::{Context, Result};

/// An ephemeral resource: what an `ephemeral` block opens, and Terraform closes
/// again without a trace in plan or state.
///
/// Bytes given to [`Context::set_private`] while opening come back while
/// renewing and closing.
pub trait EphemeralResource: Send + Sync + 'static {
    /// Its type in the configuration, such as `example_token`.
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

    /// Opens it, and fills in what the configuration leaves out.
    fn open(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Opened<Self::Model>>> + Send;

    /// Extends its life, and says when to do so again.
    fn renew(
        &self,
        cx: &Context<Self::Client>,
    ) -> impl Future<Output = Result<Option<SystemTime>>> + Send {
        let _ = cx;
        async { Ok(None) }
    }

    /// Ends it.
    fn close(&self, cx: &Context<Self::Client>) -> impl Future<Output = Result<()>> + Send {
        let _ = cx;
        async { Ok(()) }
    }
}

/// An ephemeral resource that is open.
#[derive(Debug, Clone)]
pub struct Opened<M> {
    /// Its attributes.
    pub result: M,
    /// When Terraform should call [`EphemeralResource::renew`], if at all.
    pub renew_at: Option<SystemTime>,
}

/// Open until it is closed.
impl<M> From<M> for Opened<M> {
    fn from(result: M) -> Self {
        Self {
            result,
            renew_at: None,
        }
    }
}
