//! The frame of every call: look up, run, and collect what the answer consists of.

use std::sync::Arc;

use crate::block::{Block, refuse_write_only, validate};
use crate::catalog::{Offered, Offers};
use crate::proto::{self, DynamicValue};
use crate::server::session::{Call, Outcome, Session};
use crate::value::{Value, excerpt};
use crate::{Context, Diagnostic, Diagnostics, Provider, Result, Severity};

/// The longest summary and detail that Terraform is sent, in bytes.
const MAX_SUMMARY: usize = 1024;
pub(super) const MAX_DETAIL: usize = 64 * 1024;

/// The outcome of a call, as messages have it.
pub(super) struct Answer<T> {
    /// The result; none if the call failed.
    pub value: Option<T>,
    /// The state that the operation kept before it failed.
    pub kept: Option<Value>,
    pub private: Vec<u8>,
    pub diagnostics: Vec<proto::Diagnostic>,
}

impl<T> Answer<T> {
    fn new(outcome: Outcome<T>, block: &Block) -> Self {
        Self {
            value: outcome.value,
            kept: outcome.collected.kept,
            private: outcome.collected.private,
            diagnostics: to_proto(&outcome.diagnostics, Some(block)),
        }
    }
}

impl<P: Provider> Session<P> {
    /// Runs a call about `name`, one of `offers`.
    pub(super) async fn about<A, T, F>(
        self: &Arc<Self>,
        rpc: &'static str,
        offers: &Offers<A>,
        name: &str,
        private: Vec<u8>,
        operation: impl FnOnce(Arc<A>, Arc<Context<P::Client>>) -> F,
    ) -> Answer<T>
    where
        A: Offered<P::Client> + ?Sized,
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let offered = match offers.get(name) {
            Ok(offered) => offered,
            Err(error) => {
                return Answer {
                    value: None,
                    kept: None,
                    private,
                    diagnostics: to_proto(&error.into(), None),
                };
            }
        };
        let call = Call {
            rpc,
            of: name,
            droppable: false,
        };
        let outcome = self.run(call, private, |_, cx| operation(offered.clone(), cx));
        Answer::new(outcome.await, &offered.schema().block)
    }

    /// Runs a call about the provider's configuration.
    pub(super) async fn about_config<F>(
        self: &Arc<Self>,
        rpc: &'static str,
        operation: impl FnOnce(Arc<Self>, Arc<Context<P::Client>>) -> F,
    ) -> Vec<proto::Diagnostic>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let call = Call {
            rpc,
            of: "",
            droppable: false,
        };
        let outcome = self.run(call, Vec::new(), operation).await;
        to_proto(&outcome.diagnostics, Some(&self.config.block))
    }

    /// Validates a configuration of `name`, one of `offers`.
    pub(super) async fn validate_config_of<A: Offered<P::Client> + ?Sized>(
        self: &Arc<Self>,
        rpc: &'static str,
        offers: &Offers<A>,
        name: &str,
        config: Option<DynamicValue>,
        allow_write_only: bool,
    ) -> Vec<proto::Diagnostic> {
        let validated = self.about(rpc, offers, name, Vec::new(), |offered, cx| async move {
            let block = &offered.schema().block;
            let config = DynamicValue::object(config, block)?;
            let mut found = validate(block, &config);
            if !allow_write_only {
                found.append(refuse_write_only(block, &config));
            }
            if report(&cx, found) {
                offered.validate_config(&cx, config).await?;
            }
            Ok(())
        });
        validated.await.diagnostics
    }
}

/// Reports what the schema finds wrong with a configuration. Returns whether the
/// provider's own validation should follow: it need not expect an invalid one.
pub(super) fn report<C>(cx: &Context<C>, found: Diagnostics) -> bool {
    let valid = !found.has_errors();
    found
        .into_iter()
        .for_each(|diagnostic| cx.report(diagnostic));
    valid
}

/// Returns the diagnostics about something with this block, if it is known.
pub(super) fn to_proto(found: &Diagnostics, block: Option<&Block>) -> Vec<proto::Diagnostic> {
    let each = |found: &Diagnostic| {
        let path = block.map_or_else(|| found.path.clone(), |block| block.written(&found.path));
        let severity = match found.severity {
            Severity::Error => proto::diagnostic::Severity::Error,
            Severity::Warning => proto::diagnostic::Severity::Warning,
        };
        proto::Diagnostic {
            severity: severity.into(),
            summary: excerpt(&found.summary, MAX_SUMMARY).into_owned(),
            detail: excerpt(&found.detail, MAX_DETAIL).into_owned(),
            attribute: (!path.is_root()).then(|| path.to_proto()),
        }
    };
    found.iter().map(each).collect()
}
