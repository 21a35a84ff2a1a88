//! The protocol's calls: from messages to values and back.

mod answer;
mod data_source;
mod ephemeral;
mod function;
mod provider;
mod resource;
mod schema;

use std::sync::Arc;

use tonic::{Request, Response, Status, async_trait};

use super::session::Session;
use crate::Provider;
use crate::block::Block;
use crate::proto::{self, provider_server};
use crate::value::{Type, Value, ValueError, json, msgpack};

/// The protocol's service over a session.
pub struct Service<P: Provider>(pub Arc<Session<P>>);

impl proto::DynamicValue {
    /// Decodes a value of this type; an absent one is null.
    fn decode(value: Option<Self>, ty: &Type) -> Result<Value, ValueError> {
        match value {
            Some(Self { msgpack, .. }) if !msgpack.is_empty() => msgpack::decode(&msgpack, ty),
            Some(Self { json, .. }) if !json.is_empty() => json::decode(&json, ty),
            _ => Ok(Value::Null),
        }
    }

    /// Decodes an object with the attributes and blocks of `block`.
    fn object(value: Option<Self>, block: &Block) -> Result<Value, ValueError> {
        Self::decode(value, &block.ty())
    }

    fn encode(value: &Value) -> Self {
        Self {
            msgpack: msgpack::encode(value),
            json: Vec::new(),
        }
    }
}

/// Answers each call by the method of [`Session`] that has its name.
macro_rules! calls {
    ($($call:ident),* $(,)?) => {
        #[async_trait]
        impl<P: Provider> provider_server::Provider for Service<P> {
            $(
                async fn $call(
                    &self,
                    request: Request<proto::$call::Request>,
                ) -> Result<Response<proto::$call::Response>, Status> {
                    Ok(Response::new(self.0.$call(request.into_inner()).await))
                }
            )*
        }
    };
}

calls! {
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    get_functions,
    validate_provider_config,
    configure_provider,
    stop_provider,
    validate_resource_config,
    upgrade_resource_state,
    upgrade_resource_identity,
    read_resource,
    plan_resource_change,
    apply_resource_change,
    import_resource_state,
    move_resource_state,
    validate_data_resource_config,
    read_data_source,
    validate_ephemeral_resource_config,
    open_ephemeral_resource,
    renew_ephemeral_resource,
    close_ephemeral_resource,
    call_function,
}
