//! Calls about ephemeral resources.

use std::{sync::Arc, time::SystemTime};

use prost_types::Timestamp;

use super::{
    super::session::{Call, Outcome, Session, not_offered},
    report,
};
use crate::{
    Provider, Result,
    catalog::AnyEphemeral,
    proto::{
        DynamicValue, close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
        validate_ephemeral_resource_config,
    },
    schema::{Block, validate::validate},
};

impl<P: Provider> Session<P> {
    fn ephemeral(&self, name: &str) -> Result<Arc<dyn AnyEphemeral<P::Client>>> {
        let ephemeral = self.catalog.ephemerals.get(name).cloned();
        ephemeral.ok_or_else(|| not_offered("ephemeral resource", name).into())
    }

    fn ephemeral_block(&self, name: &str) -> Option<&Block> {
        Some(&self.catalog.ephemerals.get(name)?.schema().block)
    }

    pub(super) async fn validate_ephemeral_resource_config(
        self: &Arc<Self>,
        request: validate_ephemeral_resource_config::Request,
    ) -> validate_ephemeral_resource_config::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ValidateEphemeralResourceConfig",
            of: &name,
        };
        let ephemeral = self.ephemeral(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let ephemeral = ephemeral?;
            let block = &ephemeral.schema().block;
            let config = DynamicValue::decode(request.config, &block.ty())?;
            if !report(&cx, validate(block, &config)) {
                return Ok(());
            }
            ephemeral.validate(&cx, config).await
        });
        let diagnostics = outcome
            .await
            .diagnostics
            .to_proto(self.ephemeral_block(&name));
        validate_ephemeral_resource_config::Response { diagnostics }
    }

    pub(super) async fn open_ephemeral_resource(
        self: &Arc<Self>,
        request: open_ephemeral_resource::Request,
    ) -> open_ephemeral_resource::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "OpenEphemeralResource",
            of: &name,
        };
        let ephemeral = self.ephemeral(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let ephemeral = ephemeral?;
            let config = DynamicValue::decode(request.config, &ephemeral.schema().block.ty())?;
            ephemeral.open(&cx, config).await
        });
        let Outcome {
            value,
            diagnostics,
            collected,
        } = outcome.await;
        let (result, renew_at) = value.map(|opened| (opened.result, opened.renew_at)).unzip();
        open_ephemeral_resource::Response {
            diagnostics: diagnostics.to_proto(self.ephemeral_block(&name)),
            renew_at: timestamp(renew_at.flatten()),
            result: result.as_ref().map(DynamicValue::encode),
            private: Some(collected.private),
            deferred: None,
        }
    }

    pub(super) async fn renew_ephemeral_resource(
        self: &Arc<Self>,
        request: renew_ephemeral_resource::Request,
    ) -> renew_ephemeral_resource::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "RenewEphemeralResource",
            of: &name,
        };
        let ephemeral = self.ephemeral(&name);
        let private = request.private.unwrap_or_default();
        let outcome = self
            .run(
                call,
                private,
                |_, cx| async move { ephemeral?.renew(&cx).await },
            )
            .await;
        renew_ephemeral_resource::Response {
            diagnostics: outcome.diagnostics.to_proto(self.ephemeral_block(&name)),
            renew_at: timestamp(outcome.value.flatten()),
            private: Some(outcome.collected.private),
        }
    }

    pub(super) async fn close_ephemeral_resource(
        self: &Arc<Self>,
        request: close_ephemeral_resource::Request,
    ) -> close_ephemeral_resource::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "CloseEphemeralResource",
            of: &name,
        };
        let ephemeral = self.ephemeral(&name);
        let private = request.private.unwrap_or_default();
        let outcome = self.run(
            call,
            private,
            |_, cx| async move { ephemeral?.close(&cx).await },
        );
        close_ephemeral_resource::Response {
            diagnostics: outcome
                .await
                .diagnostics
                .to_proto(self.ephemeral_block(&name)),
        }
    }
}

fn timestamp(time: Option<SystemTime>) -> Option<Timestamp> {
    time.map(Timestamp::from)
}
