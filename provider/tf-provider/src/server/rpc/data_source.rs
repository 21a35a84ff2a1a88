//! Calls about data sources.

use std::sync::Arc;

use super::{
    super::session::{Call, Outcome, Session, not_offered},
    report,
};
use crate::{
    Provider, Result,
    catalog::AnyDataSource,
    proto::{DynamicValue, read_data_source, validate_data_resource_config},
    schema::{Block, validate::validate},
};

impl<P: Provider> Session<P> {
    fn data_source(&self, name: &str) -> Result<Arc<dyn AnyDataSource<P::Client>>> {
        let source = self.catalog.data_sources.get(name).cloned();
        source.ok_or_else(|| not_offered("data source", name).into())
    }

    fn data_source_block(&self, name: &str) -> Option<&Block> {
        Some(&self.catalog.data_sources.get(name)?.schema().block)
    }

    pub(super) async fn validate_data_resource_config(
        self: &Arc<Self>,
        request: validate_data_resource_config::Request,
    ) -> validate_data_resource_config::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ValidateDataResourceConfig",
            of: &name,
        };
        let source = self.data_source(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let source = source?;
            let block = &source.schema().block;
            let config = DynamicValue::decode(request.config, &block.ty())?;
            if !report(&cx, validate(block, &config)) {
                return Ok(());
            }
            source.validate(&cx, config).await
        });
        let diagnostics = outcome
            .await
            .diagnostics
            .to_proto(self.data_source_block(&name));
        validate_data_resource_config::Response { diagnostics }
    }

    pub(super) async fn read_data_source(
        self: &Arc<Self>,
        request: read_data_source::Request,
    ) -> read_data_source::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ReadDataSource",
            of: &name,
        };
        let source = self.data_source(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let source = source?;
            let config = DynamicValue::decode(request.config, &source.schema().block.ty())?;
            source.read(&cx, config).await
        });
        let Outcome {
            value, diagnostics, ..
        } = outcome.await;
        read_data_source::Response {
            state: value.as_ref().map(DynamicValue::encode),
            diagnostics: diagnostics.to_proto(self.data_source_block(&name)),
            deferred: None,
        }
    }
}
