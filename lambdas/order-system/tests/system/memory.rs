//! How much memory an event takes.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use function_kit::Request;
use function_kit::testing::{assert_memory_is_bounded, hostile_events};
use serde_json::{Value, json};

use crate::api::{event, send};
use crate::world::World;

fn bounded(test: &str, path: &str, member: &str) {
    let template = event("ann", "POST", path, json!({}), &Value::Null);
    assert_memory_is_bounded(
        test,
        || hostile_events(&template, member),
        |event| {
            let event: ApiGatewayV2httpRequest = serde_json::from_slice(event).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(send(&World::default(), Request::from(event)));
        },
    );
}

#[test]
fn no_user_takes_64_mib() {
    bounded("memory::no_user_takes_64_mib", "/users", "name");
}

#[test]
fn no_order_takes_64_mib() {
    bounded("memory::no_order_takes_64_mib", "/orders", "items");
}
