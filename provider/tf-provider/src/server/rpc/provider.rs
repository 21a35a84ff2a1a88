//! Calls about the provider itself.

use std::sync::Arc;

use super::{
    super::session::{Call, Session},
    report,
};
use crate::{
    Field, Provider,
    proto::{DynamicValue, configure_provider, stop_provider, validate_provider_config},
    schema::{plan, validate::validate},
};

impl<P: Provider> Session<P> {
    pub(super) async fn validate_provider_config(
        self: &Arc<Self>,
        request: validate_provider_config::Request,
    ) -> validate_provider_config::Response {
        let call = Call {
            rpc: "ValidateProviderConfig",
            of: "",
        };
        let outcome = self.run(call, Vec::new(), |session, cx| async move {
            let block = &session.config.block;
            let config = DynamicValue::decode(request.config, &block.ty())?;
            if !report(&cx, validate(block, &config)) {
                return Ok(());
            }
            session
                .provider
                .validate(&cx, P::Config::from_value(&config)?)
                .await
        });
        validate_provider_config::Response {
            diagnostics: outcome.await.diagnostics.to_proto(Some(&self.config.block)),
        }
    }

    pub(super) async fn configure_provider(
        self: &Arc<Self>,
        request: configure_provider::Request,
    ) -> configure_provider::Response {
        self.set_terraform_version(&request.terraform_version);
        let call = Call {
            rpc: "ConfigureProvider",
            of: "",
        };
        let outcome = self.run(call, Vec::new(), |session, cx| async move {
            let block = &session.config.block;
            let config = DynamicValue::decode(request.config, &block.ty())?;
            let config = plan::with_defaults(block, config);
            let client = session
                .provider
                .configure(&cx, P::Config::from_value(&config)?)
                .await?;
            session.set_client(client);
            Ok(())
        });
        configure_provider::Response {
            diagnostics: outcome.await.diagnostics.to_proto(Some(&self.config.block)),
        }
    }

    pub(super) async fn stop_provider(
        self: &Arc<Self>,
        _: stop_provider::Request,
    ) -> stop_provider::Response {
        tracing::info!("terraform asks to stop");
        self.stop();
        stop_provider::Response {
            error: String::new(),
        }
    }
}
