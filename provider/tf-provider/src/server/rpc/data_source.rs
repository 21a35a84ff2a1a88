//! Calls about data sources.

use std::sync::Arc;

use crate::Provider;
use crate::proto::{DynamicValue, read_data_source, validate_data_resource_config};
use crate::server::session::Session;

impl<P: Provider> Session<P> {
    pub(super) async fn validate_data_resource_config(
        self: &Arc<Self>,
        request: validate_data_resource_config::Request,
    ) -> validate_data_resource_config::Response {
        let (rpc, sources) = ("ValidateDataResourceConfig", &self.catalog.data_sources);
        let name = &request.type_name;
        let validated = self.validate_config_of(rpc, sources, name, request.config, true);
        validate_data_resource_config::Response {
            diagnostics: validated.await,
        }
    }

    pub(super) async fn read_data_source(
        self: &Arc<Self>,
        request: read_data_source::Request,
    ) -> read_data_source::Response {
        let (name, sources) = (&request.type_name, &self.catalog.data_sources);
        let read = self.about(
            "ReadDataSource",
            sources,
            name,
            Vec::new(),
            |source, cx| async move {
                let config = DynamicValue::object(request.config, &source.schema().block)?;
                source.read(&cx, config).await
            },
        );
        let read = read.await;
        read_data_source::Response {
            state: read.value.as_ref().map(DynamicValue::encode),
            diagnostics: read.diagnostics,
            deferred: None,
        }
    }
}
