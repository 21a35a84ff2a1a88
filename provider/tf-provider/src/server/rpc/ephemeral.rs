//! Calls about ephemeral resources.

use std::sync::Arc;
use std::time::SystemTime;

use prost_types::Timestamp;

use super::answer::Answer;
use crate::catalog::AnyEphemeral;
use crate::proto::{
    DynamicValue, close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
    validate_ephemeral_resource_config,
};
use crate::server::session::Session;
use crate::{Context, Provider, Result};

impl<P: Provider> Session<P> {
    async fn about_ephemeral<T: Send + 'static, F>(
        self: &Arc<Self>,
        rpc: &'static str,
        name: &str,
        private: Option<Vec<u8>>,
        operation: impl FnOnce(Arc<dyn AnyEphemeral<P::Client>>, Arc<Context<P::Client>>) -> F,
    ) -> Answer<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let (ephemerals, private) = (&self.catalog.ephemerals, private.unwrap_or_default());
        self.about(rpc, ephemerals, name, private, operation).await
    }

    pub(super) async fn validate_ephemeral_resource_config(
        self: &Arc<Self>,
        request: validate_ephemeral_resource_config::Request,
    ) -> validate_ephemeral_resource_config::Response {
        let (rpc, ephemerals) = ("ValidateEphemeralResourceConfig", &self.catalog.ephemerals);
        let name = &request.type_name;
        let validated = self.validate_config_of(rpc, ephemerals, name, request.config, true);
        validate_ephemeral_resource_config::Response {
            diagnostics: validated.await,
        }
    }

    pub(super) async fn open_ephemeral_resource(
        self: &Arc<Self>,
        request: open_ephemeral_resource::Request,
    ) -> open_ephemeral_resource::Response {
        let (rpc, name) = ("OpenEphemeralResource", &request.type_name);
        let opened = self.about_ephemeral(rpc, name, None, |ephemeral, cx| async move {
            let config = DynamicValue::object(request.config, &ephemeral.schema().block)?;
            ephemeral.open(&cx, config).await
        });
        let opened = opened.await;
        let (result, renew_at) = opened.value.map(|it| (it.result, it.renew_at)).unzip();
        open_ephemeral_resource::Response {
            diagnostics: opened.diagnostics,
            renew_at: timestamp(renew_at.flatten()),
            result: result.as_ref().map(DynamicValue::encode),
            private: Some(opened.private),
            deferred: None,
        }
    }

    pub(super) async fn renew_ephemeral_resource(
        self: &Arc<Self>,
        request: renew_ephemeral_resource::Request,
    ) -> renew_ephemeral_resource::Response {
        let (rpc, name) = ("RenewEphemeralResource", &request.type_name);
        let renewed =
            self.about_ephemeral(rpc, name, request.private, |ephemeral, cx| async move {
                ephemeral.renew(&cx).await
            });
        let renewed = renewed.await;
        renew_ephemeral_resource::Response {
            diagnostics: renewed.diagnostics,
            renew_at: timestamp(renewed.value.flatten()),
            private: Some(renewed.private),
        }
    }

    pub(super) async fn close_ephemeral_resource(
        self: &Arc<Self>,
        request: close_ephemeral_resource::Request,
    ) -> close_ephemeral_resource::Response {
        let (rpc, name) = ("CloseEphemeralResource", &request.type_name);
        let closed = self.about_ephemeral(rpc, name, request.private, |ephemeral, cx| async move {
            ephemeral.close(&cx).await
        });
        close_ephemeral_resource::Response {
            diagnostics: closed.await.diagnostics,
        }
    }
}

fn timestamp(time: Option<SystemTime>) -> Option<Timestamp> {
    time.map(Timestamp::from)
}
