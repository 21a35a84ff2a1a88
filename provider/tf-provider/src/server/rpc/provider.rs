//! Calls about the provider itself.

use std::sync::Arc;

use super::answer::report;
use crate::block::{plan, validate};
use crate::proto::{DynamicValue, configure_provider, stop_provider, validate_provider_config};
use crate::server::session::Session;
use crate::{Field, Provider};

impl<P: Provider> Session<P> {
    pub(super) async fn validate_provider_config(
        self: &Arc<Self>,
        request: validate_provider_config::Request,
    ) -> validate_provider_config::Response {
        let validated = self.about_config("ValidateProviderConfig", |session, cx| async move {
            let block = &session.config.block;
            let config = DynamicValue::object(request.config, block)?;
            if report(&cx, validate(block, &config)) {
                let config = P::Config::from_value(&config)?;
                session.provider.validate_config(&cx, config).await?;
            }
            Ok(())
        });
        validate_provider_config::Response {
            diagnostics: validated.await,
        }
    }

    pub(super) async fn configure_provider(
        self: &Arc<Self>,
        request: configure_provider::Request,
    ) -> configure_provider::Response {
        self.set_terraform_version(&request.terraform_version);
        let configured = self.about_config("ConfigureProvider", |session, cx| async move {
            let block = &session.config.block;
            let config = DynamicValue::object(request.config, block)?;
            let config = P::Config::from_value(&plan::with_defaults(block, config))?;
            let client = session.provider.configure(&cx, config).await?;
            session.set_client(client);
            Ok(())
        });
        configure_provider::Response {
            diagnostics: configured.await,
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
