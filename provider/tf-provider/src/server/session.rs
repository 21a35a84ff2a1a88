//! What the calls of one Terraform have in common.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

use super::{GRACE, panics};
use crate::block::Schema;
use crate::context::Collected;
use crate::model::Model;
use crate::value::{MAX_EXCERPT, excerpt};
use crate::{Catalog, Context, Diagnostics, Provider, Result};

/// A provider in service.
pub struct Session<P: Provider> {
    pub provider: P,
    pub catalog: Catalog<P::Client>,
    pub config: Schema,
    configured: Mutex<Configured<P::Client>>,
    /// Cancelled by StopProvider, and replaced: Terraform may go on afterwards.
    stop: Mutex<CancellationToken>,
    shutdown: CancellationToken,
    operations: TaskTracker,
    /// Where operations run.
    runtime: Handle,
    requests: AtomicU64,
}

struct Configured<C> {
    client: Option<Arc<C>>,
    terraform_version: Arc<str>,
}

/// How an operation ended.
pub struct Outcome<T> {
    /// Its result; none if it failed.
    pub value: Option<T>,
    pub diagnostics: Diagnostics,
    pub collected: Collected,
}

impl<T> Outcome<T> {
    fn new(result: Result<T>, mut collected: Collected) -> Self {
        let mut diagnostics = std::mem::take(&mut collected.diagnostics);
        let value = result.map_err(|errors| diagnostics.append(errors)).ok();
        Self {
            value,
            diagnostics,
            collected,
        }
    }
}

/// What an operation is called, for logs and reports.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub rpc: &'static str,
    /// The type of the resource, or the name of the function; empty for the provider.
    pub of: &'a str,
    /// Whether the answer need not wait for the operation once Terraform asks to stop.
    pub droppable: bool,
}

impl<P: Provider> Session<P> {
    pub fn new(provider: P, shutdown: CancellationToken, runtime: Handle) -> Self {
        let configured = Configured {
            client: None,
            terraform_version: Arc::from(""),
        };
        Self {
            catalog: provider.catalog(),
            config: Schema {
                version: 0,
                block: P::Config::block(),
            },
            provider,
            configured: Mutex::new(configured),
            stop: Mutex::new(shutdown.child_token()),
            shutdown,
            operations: TaskTracker::new(),
            runtime,
            requests: AtomicU64::new(0),
        }
    }

    /// Cancels every operation that runs now.
    pub fn stop(&self) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *stop, self.shutdown.child_token()).cancel();
    }

    /// Remembers the Terraform that asks.
    pub fn set_terraform_version(&self, version: &str) {
        self.configured().terraform_version = Arc::from(version);
    }

    /// Remembers the client that the configuration made.
    pub fn set_client(&self, client: P::Client) {
        self.configured().client = Some(Arc::new(client));
    }

    fn configured(&self) -> std::sync::MutexGuard<'_, Configured<P::Client>> {
        self.configured
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs an operation as a task of its own, so that a panic is a diagnostic,
    /// and so that it is cancelled, not dropped halfway, when the caller goes away.
    pub async fn run<T, F>(
        self: &Arc<Self>,
        call: Call<'_>,
        private: Vec<u8>,
        operation: impl FnOnce(Arc<Self>, Arc<Context<P::Client>>) -> F,
    ) -> Outcome<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let cx = Arc::new(self.context(private));
        let stop = cx.cancellation().clone();
        let abandoned = stop.clone().drop_guard();
        let (span, place) = (self.span(call), panics::Place::default());
        tracing::trace!(parent: &span, "received");
        let operation = panics::noted(place.clone(), operation(self.clone(), cx.clone()));
        let operation = operation.instrument(span.clone());
        let task = self.operations.spawn_on(operation, &self.runtime);
        let ended = tokio::select! {
            ended = task => ended,
            () = stop.cancelled(), if call.droppable => Ok(Err(cx.stopped().into())),
        };
        abandoned.disarm();
        let result = ended.unwrap_or_else(|error| {
            Err(match error.try_into_panic() {
                Ok(payload) => panics::report::<P>(call.rpc, payload.as_ref(), &place).into(),
                // The runtime ends, and the process with it.
                Err(_) => cx.stopped().into(),
            })
        });
        tracing::trace!(parent: &span, ok = result.is_ok(), "answered");
        Outcome::new(result, cx.take_collected())
    }

    fn context(&self, private: Vec<u8>) -> Context<P::Client> {
        let stop = self
            .stop
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .child_token();
        let configured = self.configured();
        let client = configured.client.clone();
        Context::new(client, configured.terraform_version.clone(), stop, private)
    }

    fn span(&self, call: Call<'_>) -> Span {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        tracing::info_span!(
            "rpc",
            tf_rpc = call.rpc,
            tf_resource_type = excerpt(call.of, MAX_EXCERPT).as_ref(),
            tf_req_id = format!("{:x}-{request:x}", std::process::id()),
        )
    }

    /// Returns when every operation has ended, or had its time after `shutdown`.
    pub async fn drained(&self, shutdown: &CancellationToken) {
        shutdown.cancelled().await;
        self.operations.close();
        if tokio::time::timeout(GRACE, self.operations.wait())
            .await
            .is_err()
        {
            tracing::error!("an operation ignores its cancellation");
        }
    }
}
