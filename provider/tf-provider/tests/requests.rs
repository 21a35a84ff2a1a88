//! Requests to a provider in this process, proper and not.
#![allow(clippy::unwrap_used)]

#[path = "support/everything.rs"]
mod everything;
#[path = "support/requests.rs"]
mod requests;

use std::time::Duration;

use everything::Everything;
use http_body_util::{BodyExt, Full};
use proptest::prelude::*;
use proptest::{collection, sample};
use requests::{CALLS, request};
use tf_provider::proto::diagnostic::Severity;
use tf_provider::proto::{self, DynamicValue, ResourceIdentityData};
use tf_provider::testing;
use tf_provider::value::Value;
use tokio::runtime::Builder;
use tower::ServiceExt;

/// A thing in msgpack: a map of `name` and `size`.
fn thing(name: &str, size: &[u8]) -> Option<DynamicValue> {
    let mut bytes = vec![0x82, 0xa4];
    bytes.extend_from_slice(b"name");
    bytes.push(0xa0 | u8::try_from(name.len()).unwrap());
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(0xa4);
    bytes.extend_from_slice(b"size");
    bytes.extend_from_slice(size);
    Some(DynamicValue {
        msgpack: bytes,
        json: Vec::new(),
    })
}

const NULL: &[u8] = &[0xc0];
const UNKNOWN: &[u8] = &[0xd4, 0, 0];
const ONE: &[u8] = &[1];

fn null() -> Option<DynamicValue> {
    Some(DynamicValue {
        msgpack: NULL.to_vec(),
        json: Vec::new(),
    })
}

async fn create(
    client: &mut testing::Client<Everything>,
    name: &str,
) -> proto::apply_resource_change::Response {
    let request = proto::apply_resource_change::Request {
        type_name: "everything_thing".into(),
        prior_state: null(),
        planned_state: thing(name, UNKNOWN),
        config: thing(name, NULL),
        ..Default::default()
    };
    client
        .apply_resource_change(request)
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn reports_a_panic_and_continues() {
    let mut client = testing::client(Everything);
    let answer = create(&mut client, "panic").await;
    assert_eq!(answer.new_state, null());
    let [error] = &answer.diagnostics[..] else {
        panic!("{:?}", answer.diagnostics)
    };
    for part in ["everything 1.0.0, ApplyResourceChange", "created by panic"] {
        assert!(
            error.detail.contains(part),
            "no {part:?} in {}",
            error.detail
        );
    }
    assert_eq!(
        create(&mut client, "calm").await.new_state,
        thing("calm", ONE)
    );
}

#[tokio::test]
async fn keeps_the_state_of_a_half_finished_creation() {
    let answer = create(&mut testing::client(Everything), "half").await;
    assert_eq!(answer.new_state, thing("half", ONE));
    assert_eq!(answer.diagnostics[0].summary, "Half done");
    assert_eq!(
        answer.diagnostics[0]
            .attribute
            .as_ref()
            .unwrap()
            .steps
            .len(),
        1
    );
}

/// A vault in msgpack.
fn vault(key: Value, number: Value) -> Option<DynamicValue> {
    let vault = Value::object([
        ("name", Value::string("v")),
        ("key", key),
        ("number", number),
    ]);
    Some(DynamicValue {
        msgpack: vault.to_msgpack(),
        json: Vec::new(),
    })
}

#[tokio::test]
async fn stores_neither_write_only_nor_unknown_values() {
    let mut client = testing::client(Everything);
    let locked = vault(Value::string("secret"), Value::Null);
    let stored = vault(Value::Null, Value::Null);
    let request = proto::apply_resource_change::Request {
        type_name: "everything_vault".into(),
        prior_state: null(),
        planned_state: vault(Value::Null, Value::unknown()),
        config: locked,
        ..Default::default()
    };
    let answer = client.apply_resource_change(request).await.unwrap();
    assert_eq!(answer.into_inner().new_state, stored);

    // Stored when the key was an ordinary attribute.
    let json = br#"{"name":"v","key":"secret","number":null}"#.to_vec();
    let request = proto::upgrade_resource_state::Request {
        type_name: "everything_vault".into(),
        version: 0,
        raw_state: Some(proto::RawState {
            json,
            ..Default::default()
        }),
    };
    let answer = client.upgrade_resource_state(request).await.unwrap();
    assert_eq!(answer.into_inner().upgraded_state, stored);

    let request = proto::import_resource_state::Request {
        type_name: "everything_vault".into(),
        id: "v".into(),
        ..Default::default()
    };
    let answer = client.import_resource_state(request).await.unwrap();
    assert_eq!(answer.into_inner().imported_resources[0].state, stored);
}

#[tokio::test]
async fn rejects_write_only_values_that_terraform_would_store() {
    let mut client = testing::client(Everything);
    let mut faults = async |key: &str, allowed| {
        let key = match key {
            "" => Value::Null,
            key => Value::string(key),
        };
        let request = proto::validate_resource_config::Request {
            type_name: "everything_vault".into(),
            config: vault(key, Value::Null),
            client_capabilities: Some(proto::ClientCapabilities {
                write_only_attributes_allowed: allowed,
                ..Default::default()
            }),
        };
        let answer = client.validate_resource_config(request).await.unwrap();
        answer.into_inner().diagnostics
    };
    assert_eq!(faults("secret", true).await, []);
    assert_eq!(faults("", false).await, []);
    let refused = &faults("secret", false).await[..];
    assert_eq!(refused[0].summary, "key is a write-only attribute");
    assert_eq!(refused[0].attribute.as_ref().unwrap().steps.len(), 1);
}

#[tokio::test]
async fn keeps_the_state_after_a_failed_destruction() {
    let request = proto::apply_resource_change::Request {
        type_name: "everything_thing".into(),
        prior_state: thing("stays", ONE),
        planned_state: null(),
        config: null(),
        ..Default::default()
    };
    let mut client = testing::client(Everything);
    let answer = client
        .apply_resource_change(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.new_state, thing("stays", ONE));
    assert_eq!(answer.diagnostics[0].summary, "It stays");
}

#[tokio::test]
async fn returns_warnings_and_private_bytes_with_the_result() {
    let answer = create(&mut testing::client(Everything), "reported").await;
    assert_eq!(answer.new_state, thing("reported", ONE));
    assert_eq!(answer.private, b"hidden");
    assert_eq!(answer.diagnostics[0].severity(), Severity::Warning);
}

#[tokio::test]
async fn stop_cancels_running_operations_only() {
    let mut client = testing::client(Everything);
    let mut other = client.clone();
    let slow = tokio::spawn(async move { create(&mut other, "slow").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!slow.is_finished());
    client
        .stop_provider(proto::stop_provider::Request {})
        .await
        .unwrap();
    assert_eq!(slow.await.unwrap().diagnostics[0].summary, "Stopped");
    assert!(create(&mut client, "later").await.diagnostics.is_empty());
}

#[tokio::test]
async fn declares_stores_imports_and_moves_identities() {
    let mut client = testing::client(Everything);
    let schemas = proto::get_resource_identity_schemas::Request {};
    let schemas = client
        .get_resource_identity_schemas(schemas)
        .await
        .unwrap()
        .into_inner();
    let attributes = &schemas.identity_schemas["everything_thing"].identity_attributes;
    assert_eq!(attributes[0].name, "name");
    assert!(attributes[0].required_for_import);

    let mut identity = vec![0x81, 0xa4];
    identity.extend_from_slice(b"name\xa2it");
    let identity = DynamicValue {
        msgpack: identity,
        json: Vec::new(),
    };
    let identity = Some(ResourceIdentityData {
        identity_data: Some(identity),
    });
    assert_eq!(create(&mut client, "it").await.new_identity, identity);

    let request = proto::import_resource_state::Request {
        type_name: "everything_thing".into(),
        identity: identity.clone(),
        ..Default::default()
    };
    let answer = client
        .import_resource_state(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.imported_resources[0].state, thing("it", NULL));
    assert_eq!(answer.imported_resources[0].identity, identity);

    let stored = proto::upgrade_resource_identity::Request {
        type_name: "everything_thing".into(),
        version: 0,
        raw_identity: raw(r#"{"name":"it"}"#),
    };
    let mut newer = stored.clone();
    newer.version = 1;
    let upgraded = client.upgrade_resource_identity(stored).await.unwrap();
    assert_eq!(upgraded.into_inner().upgraded_identity, identity);
    let refused = client.upgrade_resource_identity(newer).await.unwrap();
    let refused = refused.into_inner();
    assert_eq!(refused.upgraded_identity, None);
    assert!(refused.diagnostics[0].summary.contains("newer provider"));

    let request = proto::move_resource_state::Request {
        source_type_name: "other_thing".into(),
        source_state: raw("{}"),
        source_identity: raw(r#"{"name":"it"}"#),
        source_identity_schema_version: 3,
        target_type_name: "everything_thing".into(),
        ..Default::default()
    };
    let answer = client
        .move_resource_state(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.target_state, thing("it", NULL));
    assert_eq!(answer.target_identity, identity);
}

fn raw(json: &str) -> Option<proto::RawState> {
    Some(proto::RawState {
        json: json.into(),
        ..Default::default()
    })
}

#[tokio::test]
async fn answers_unknown_calls_with_unimplemented() {
    let answer = call("NoSuchCall", &[]).await;
    // Code 12 of gRPC.
    assert_eq!(answer.status, "12");
}

/// How a call ended.
struct Answer {
    /// The status code of gRPC, "0" for success.
    status: String,
    /// Whether a diagnostic tells of a panic.
    panicked: bool,
}

/// Sends a message as gRPC frames it.
async fn call(name: &str, message: &[u8]) -> Answer {
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(message);
    let request = http::Request::post(format!("/tfplugin6.Provider/{name}"))
        .header("content-type", "application/grpc")
        .body(Full::new(bytes::Bytes::from(frame)))
        .unwrap();
    let response = testing::service(Everything).oneshot(request).await.unwrap();
    let status = |headers: &http::HeaderMap| {
        headers
            .get("grpc-status")
            .map(|status| status.to_str().unwrap().to_owned())
    };
    let in_head = status(response.headers());
    let body = response.into_body().collect().await.unwrap();
    let status = in_head
        .or_else(|| body.trailers().and_then(status))
        .unwrap();
    let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    Answer {
        status,
        panicked: text.contains("The provider panicked"),
    }
}

/// A value of a thing or a sampler, more or less.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let proper = [NULL, UNKNOWN, ONE].map(|size| thing("it", size).unwrap().msgpack);
    let proper = proper
        .into_iter()
        .map(|bytes| [vec![1], bytes].concat())
        .collect::<Vec<_>>();
    prop_oneof![
        sample::select(proper),
        Just(b"\0{\"name\":\"it\",\"size\":1}".to_vec()),
        Just(b"{\"name\":\"it\",\"size\":1}".to_vec()),
        Just(vec![1, 0xc0]),
        collection::vec(any::<u8>(), 0..32),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn answers_any_request(
        name in sample::select(&CALLS[..]),
        of in sample::select(vec!["everything_thing", "everything_vault", "notes_sampler", "echo", "none"]),
        values in collection::vec(value(), 0..4),
    ) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(call(name, &request(name, of, &values)));
        prop_assert_eq!(answer.status, "0");
        prop_assert!(!answer.panicked);
    }

    #[test]
    fn answers_any_bytes(
        name in sample::select(&CALLS[..]),
        message in collection::vec(any::<u8>(), 0..64),
    ) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(call(name, &message));
        // Bytes that are no message are refused by the transport with "internal" (13).
        prop_assert!(matches!(answer.status.as_str(), "0" | "13"), "{}", answer.status);
        prop_assert!(!answer.panicked);
    }
}
