//! How much memory an event takes.

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use function_kit::Request;
use function_kit::testing::{assert_memory_is_bounded, hostile_events};
use items_api::api;

use crate::world::{ALICE, World, event};

#[test]
fn no_event_takes_64_mib() {
    let template = event(Some(ALICE), "POST", "/items", "");
    let events = || hostile_events(&serde_json::to_value(template).unwrap(), "name");
    assert_memory_is_bounded("memory::no_event_takes_64_mib", events, |event| {
        let event: ApiGatewayProxyRequest = serde_json::from_slice(event).unwrap();
        let world = World::default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let _ = runtime.block_on(api::handle(&world, &Request::from(event)));
    });
}
