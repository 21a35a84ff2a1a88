//! Ephemeral resources.

use std::time::SystemTime;

use crate::model::Model;
use crate::{Context, Result};

/// An ephemeral resource: what an `ephemeral` block opens and Terraform closes again,
/// without a trace in plan or state.
///
/// Terraform passes the bytes of [`Context::set_private`] from opening to renewing and
/// closing.
pub trait EphemeralResource: Send + Sync + 'static {
    /// Its type in the configuration, such as `example_token`.
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

    /// Opens it. Fills in what the configuration leaves out.
    fn open(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Opened<Self::Model>>> + Send;

    /// Renews it. Returns when to renew it again, if at all.
    fn renew(
        &self,
        cx: &Context<Self::Client>,
    ) -> impl Future<Output = Result<Option<SystemTime>>> + Send {
        let _ = cx;
        async { Ok(None) }
    }

    /// Closes it.
    fn close(&self, cx: &Context<Self::Client>) -> impl Future<Output = Result<()>> + Send {
        let _ = cx;
        async { Ok(()) }
    }
}

/// An open ephemeral resource.
#[derive(Debug, Clone)]
pub struct Opened<M> {
    /// Its attributes.
    pub result: M,
    /// When Terraform should call [`EphemeralResource::renew`], if at all.
    pub renew_at: Option<SystemTime>,
}

/// Needs no renewal.
impl<M> From<M> for Opened<M> {
    fn from(result: M) -> Self {
        Self {
            result,
            renew_at: None,
        }
    }
}
