//! Any bytes as a request to any call: it is answered, and nothing panics.
#![no_main]

use http_body_util::{BodyExt, Full};
use libfuzzer_sys::fuzz_target;
use tf_provider::testing;
use tokio::runtime::Builder;
use tower::ServiceExt;

#[path = "../../tests/support/everything.rs"]
mod everything;
#[path = "../../tests/support/requests.rs"]
mod requests;

fuzz_target!(|input: &[u8]| {
    let Some(([call, how, of], rest)) = input.split_first_chunk() else {
        return;
    };
    let call = requests::CALLS[usize::from(*call) % requests::CALLS.len()];
    let names = [
        "everything_thing",
        "notes_sampler",
        "echo",
        "none",
        "everything_vault",
    ];
    let name = names[usize::from(*of) % names.len()];
    let message = match how % 2 {
        0 => rest.to_vec(),
        // Values in turn, each with its length in front.
        _ => requests::request(call, name, &values(rest)),
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(send(call, &message));
});

fn values(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (value, rest) = rest.split_at(rest.len().min((*length).into()));
        values.push(value.to_vec());
        bytes = rest;
    }
    values
}

async fn send(call: &str, message: &[u8]) {
    let mut frame = vec![0];
    frame.extend((message.len() as u32).to_be_bytes());
    frame.extend_from_slice(message);
    let request = http::Request::post(format!("/tfplugin6.Provider/{call}"))
        .header("content-type", "application/grpc")
        .body(Full::new(bytes::Bytes::from(frame)))
        .expect("a request");
    let service = testing::service(everything::Everything);
    let response = service.oneshot(request).await.expect("an answer");
    let body = response
        .into_body()
        .collect()
        .await
        .expect("an answer")
        .to_bytes();
    let text = String::from_utf8_lossy(&body);
    // The example misbehaves where its name says so.
    let asked_to = message.windows(5).any(|part| part == b"panic");
    assert!(
        asked_to || !text.contains("The provider panicked"),
        "{text}"
    );
}
