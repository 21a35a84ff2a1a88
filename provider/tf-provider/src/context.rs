//! The context of an operation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::model::Model;
use crate::value::Value;
use crate::{Diagnostic, Diagnostics, Result};

/// The context of an operation: the configured client, cancellation, and a place for
/// warnings and private bytes.
#[derive(Debug)]
pub struct Context<C> {
    client: Option<Arc<C>>,
    terraform_version: Arc<str>,
    cancellation: CancellationToken,
    collected: Mutex<Collected>,
}

/// The by-products of an operation.
#[derive(Debug, Default)]
pub struct Collected {
    pub diagnostics: Diagnostics,
    pub private: Vec<u8>,
    pub kept: Option<Value>,
}

impl<C> Context<C> {
    pub(crate) fn new(
        client: Option<Arc<C>>,
        terraform_version: Arc<str>,
        cancellation: CancellationToken,
        private: Vec<u8>,
    ) -> Self {
        let collected = Mutex::new(Collected {
            private,
            ..Collected::default()
        });
        Self {
            client,
            terraform_version,
            cancellation,
            collected,
        }
    }

    /// Returns what [`Provider::configure`](crate::Provider::configure) returned.
    ///
    /// Fails if Terraform has not configured the provider: it does so before it reads,
    /// plans or applies, and not before it validates, upgrades state or calls functions.
    pub fn client(&self) -> Result<&C> {
        self.client.as_deref().ok_or_else(|| {
            Diagnostic::error(
                "The provider is not configured",
                "Terraform asked for an operation that needs the provider's configuration, \
                 before it gave it. Please report this to the provider's developers.",
            )
            .into()
        })
    }

    /// Returns the version of Terraform or OpenTofu; empty before the provider is
    /// configured.
    pub fn terraform_version(&self) -> &str {
        &self.terraform_version
    }

    /// Returns a token that is cancelled when Terraform asks the provider to stop, or is
    /// gone.
    ///
    /// An operation that takes longer than a second must watch it, end what it started
    /// and return [`Context::stopped`].
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// Returns whether the operation should stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// Returns the error of an operation that was asked to stop.
    pub fn stopped(&self) -> Diagnostic {
        Diagnostic::error("Stopped", "The operation was stopped before it was done.")
    }

    /// Runs `work` to its end, or drops it when the operation should stop.
    pub async fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match self.cancellation.run_until_cancelled(work).await {
            Some(result) => result,
            None => Err(self.stopped().into()),
        }
    }

    /// Adds an error or a warning. An error fails the operation even if it returns a
    /// value.
    pub fn report(&self, diagnostic: impl Into<Diagnostic>) {
        self.collected().diagnostics.push(diagnostic);
    }

    /// Keeps a state that is already true. If a creation or an update fails after this,
    /// Terraform stores it instead of the state from before.
    pub fn keep<M: Model>(&self, state: &M) {
        self.collected().kept = Some(state.to_value());
    }

    /// Returns the private bytes that are stored with the resource.
    pub fn private(&self) -> Vec<u8> {
        self.collected().private.clone()
    }

    /// Stores private bytes with the resource, which users do not see.
    pub fn set_private(&self, bytes: impl Into<Vec<u8>>) {
        self.collected().private = bytes.into();
    }

    pub(crate) fn take_collected(&self) -> Collected {
        std::mem::take(&mut *self.collected())
    }

    // A panic of the operation cannot leave this half-written.
    fn collected(&self) -> MutexGuard<'_, Collected> {
        self.collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
