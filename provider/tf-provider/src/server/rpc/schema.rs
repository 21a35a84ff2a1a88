//! Calls that ask what the provider offers.

use std::sync::Arc;

use super::answer::to_proto;
use crate::block::{Role, Schema};
use crate::proto::{
    self, StringKind, get_functions, get_metadata, get_provider_schema,
    get_resource_identity_schemas,
};
use crate::server::session::Session;
use crate::{Diagnostic, Parameter, Provider, Signature};

/// What this crate does beyond the first release of the protocol.
const CAPABILITIES: proto::ServerCapabilities = proto::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
};

impl<P: Provider> Session<P> {
    pub(super) async fn get_metadata(
        self: &Arc<Self>,
        _: get_metadata::Request,
    ) -> get_metadata::Response {
        let catalog = &self.catalog;
        let name = |name: &str| name.to_owned();
        get_metadata::Response {
            server_capabilities: Some(CAPABILITIES),
            diagnostics: self.problems(),
            data_sources: catalog
                .data_sources()
                .map(|(n, _)| get_metadata::DataSourceMetadata { type_name: name(n) })
                .collect(),
            resources: catalog
                .resources()
                .map(|(n, _)| get_metadata::ResourceMetadata { type_name: name(n) })
                .collect(),
            functions: catalog
                .functions()
                .map(|(n, _)| get_metadata::FunctionMetadata { name: name(n) })
                .collect(),
            ephemeral_resources: catalog
                .ephemerals()
                .map(|(n, _)| get_metadata::EphemeralMetadata { type_name: name(n) })
                .collect(),
        }
    }

    pub(super) async fn get_provider_schema(
        self: &Arc<Self>,
        _: get_provider_schema::Request,
    ) -> get_provider_schema::Response {
        let catalog = &self.catalog;
        let schema = |(name, schema): (&'static str, &Schema)| (name.to_owned(), schema.to_proto());
        get_provider_schema::Response {
            provider: Some(self.config.to_proto()),
            resource_schemas: catalog.resources().map(schema).collect(),
            data_source_schemas: catalog.data_sources().map(schema).collect(),
            ephemeral_resource_schemas: catalog.ephemerals().map(schema).collect(),
            functions: catalog
                .functions()
                .map(|(n, f)| (n.to_owned(), f.to_proto()))
                .collect(),
            diagnostics: self.problems(),
            // Not offered: Terraform refuses `provider_meta` blocks then.
            provider_meta: None,
            server_capabilities: Some(CAPABILITIES),
        }
    }

    pub(super) async fn get_resource_identity_schemas(
        self: &Arc<Self>,
        _: get_resource_identity_schemas::Request,
    ) -> get_resource_identity_schemas::Response {
        let schemas = self.catalog.resources();
        get_resource_identity_schemas::Response {
            identity_schemas: schemas
                .filter_map(|(name, schema)| Some((name.to_owned(), schema.identity_to_proto()?)))
                .collect(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) async fn get_functions(
        self: &Arc<Self>,
        _: get_functions::Request,
    ) -> get_functions::Response {
        let functions = self.catalog.functions();
        get_functions::Response {
            functions: functions
                .map(|(n, f)| (n.to_owned(), f.to_proto()))
                .collect(),
            diagnostics: Vec::new(),
        }
    }

    fn problems(&self) -> Vec<proto::Diagnostic> {
        let of_config = self.config.block.problems("provider", Role::Planned);
        let problems = self.catalog.problems().iter().chain(&of_config);
        let error = |problem| Diagnostic::error("The provider's schema is faulty", problem);
        to_proto(&problems.map(error).collect(), None)
    }
}

impl Signature {
    fn to_proto(&self) -> proto::Function {
        proto::Function {
            parameters: self.parameters.iter().map(Parameter::to_proto).collect(),
            variadic_parameter: self.variadic.as_ref().map(Parameter::to_proto),
            r#return: Some(proto::function::Return {
                r#type: self.returns.to_json_bytes(),
            }),
            summary: self.summary(),
            description: self.description.clone(),
            description_kind: StringKind::Markdown.into(),
            deprecation_message: self.deprecated.unwrap_or_default().to_owned(),
        }
    }
}

impl Parameter {
    fn to_proto(&self) -> proto::function::Parameter {
        proto::function::Parameter {
            name: self.name.clone(),
            r#type: self.ty.to_json_bytes(),
            allow_null_value: self.nullable,
            allow_unknown_values: self.unknowable,
            description: self.description.clone(),
            description_kind: StringKind::Markdown.into(),
        }
    }
}
