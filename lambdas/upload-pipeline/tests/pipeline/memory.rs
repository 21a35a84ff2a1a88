//! How much memory an event takes.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use function_kit::Request;
use function_kit::testing::{assert_memory_is_bounded, hostile_events};
use upload_pipeline::api;

use crate::requests::{ALICE, event};
use crate::world::World;

fn bounded(test: &str, member: &str) {
    let template = event("POST", "/uploads", Some(ALICE), None);
    assert_memory_is_bounded(
        test,
        || hostile_events(&template, member),
        |event| {
            let event: ApiGatewayV2httpRequest = serde_json::from_slice(event).unwrap();
            let receiver = World::default().receiver();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let _ = runtime.block_on(api::handle(&receiver, Request::from(event)));
        },
    );
}

#[test]
fn no_file_name_takes_64_mib() {
    bounded("memory::no_file_name_takes_64_mib", "filename");
}

#[test]
fn no_content_takes_64_mib() {
    bounded("memory::no_content_takes_64_mib", "content");
}
