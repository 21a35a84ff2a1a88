//! Requests of every kind, made of any bytes.
#![allow(dead_code)]

use prost::Message;
use tf_provider::proto::{self, DynamicValue, RawState, ResourceIdentityData};

/// Every call of the protocol.
pub const CALLS: [&str; 22] = [
    "GetMetadata",
    "GetProviderSchema",
    "GetResourceIdentitySchemas",
    "GetFunctions",
    "ValidateProviderConfig",
    "ConfigureProvider",
    "StopProvider",
    "ValidateResourceConfig",
    "UpgradeResourceState",
    "UpgradeResourceIdentity",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "MoveResourceState",
    "ValidateDataResourceConfig",
    "ReadDataSource",
    "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource",
    "RenewEphemeralResource",
    "CloseEphemeralResource",
    "CallFunction",
];

/// A request to `call` about `name`, whose values are `values` in turn.
pub fn request(call: &str, name: &str, values: &[Vec<u8>]) -> Vec<u8> {
    let bytes = |at: usize| values.get(at).cloned().unwrap_or_default();
    let type_name = name.to_owned();
    let value = |at: usize| {
        // The first byte says in which encoding.
        Some(match bytes(at).split_first() {
            Some((0, json)) => DynamicValue {
                json: json.to_vec(),
                msgpack: Vec::new(),
            },
            Some((_, msgpack)) => DynamicValue {
                msgpack: msgpack.to_vec(),
                json: Vec::new(),
            },
            None => DynamicValue::default(),
        })
    };
    let state = |at: usize| {
        Some(RawState {
            json: bytes(at),
            ..RawState::default()
        })
    };
    match call {
        "ValidateProviderConfig" => {
            proto::validate_provider_config::Request { config: value(0) }.encode_to_vec()
        }
        "ConfigureProvider" => proto::configure_provider::Request {
            config: value(0),
            ..Default::default()
        }
        .encode_to_vec(),
        "ValidateResourceConfig" => proto::validate_resource_config::Request {
            type_name,
            config: value(0),
            ..Default::default()
        }
        .encode_to_vec(),
        "UpgradeResourceState" => proto::upgrade_resource_state::Request {
            type_name,
            version: 0,
            raw_state: state(0),
        }
        .encode_to_vec(),
        "UpgradeResourceIdentity" => proto::upgrade_resource_identity::Request {
            type_name,
            version: 0,
            raw_identity: state(0),
        }
        .encode_to_vec(),
        "ReadResource" => proto::read_resource::Request {
            type_name,
            current_state: value(0),
            private: bytes(1),
            ..Default::default()
        }
        .encode_to_vec(),
        "PlanResourceChange" => proto::plan_resource_change::Request {
            type_name,
            prior_state: value(0),
            proposed_new_state: value(1),
            config: value(2),
            ..Default::default()
        }
        .encode_to_vec(),
        "ApplyResourceChange" => proto::apply_resource_change::Request {
            type_name,
            prior_state: value(0),
            planned_state: value(1),
            config: value(2),
            ..Default::default()
        }
        .encode_to_vec(),
        "ImportResourceState" => proto::import_resource_state::Request {
            type_name,
            id: String::from_utf8_lossy(&bytes(0)).into_owned(),
            identity: value(1).map(|data| ResourceIdentityData {
                identity_data: Some(data),
            }),
            ..Default::default()
        }
        .encode_to_vec(),
        "MoveResourceState" => proto::move_resource_state::Request {
            target_type_name: type_name,
            source_state: state(0),
            source_identity: state(1),
            ..Default::default()
        }
        .encode_to_vec(),
        "ReadDataSource" | "ValidateDataResourceConfig" => {
            proto::validate_data_resource_config::Request {
                type_name,
                config: value(0),
            }
            .encode_to_vec()
        }
        "OpenEphemeralResource" | "ValidateEphemeralResourceConfig" => {
            proto::validate_ephemeral_resource_config::Request {
                type_name,
                config: value(0),
            }
            .encode_to_vec()
        }
        "RenewEphemeralResource" | "CloseEphemeralResource" => {
            let private = Some(bytes(0));
            proto::close_ephemeral_resource::Request { type_name, private }.encode_to_vec()
        }
        "CallFunction" => proto::call_function::Request {
            name: type_name,
            arguments: (0..values.len()).filter_map(value).collect(),
        }
        .encode_to_vec(),
        // The rest have no fields.
        _ => Vec::new(),
    }
}
