//! Requests as API Gateway sends them, batches as Lambda does, and what the pipeline answers.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use function_kit::{Deadline, Request};
use serde_json::{Value, json};
use upload_pipeline::process::{Processing, Retry};
use upload_pipeline::{api, stream};

use crate::world::World;

pub const ALICE: &str = "0a1b2c3d-alice";

/// How long Lambda lets an invocation run in these tests.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// An answer, with its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Value,
}

/// The event of a request by `sub`.
pub fn event(method: &str, path: &str, sub: Option<&str>, body: Option<&str>) -> Value {
    let authorizer = sub.map(|sub| json!({"jwt": {"claims": {"sub": sub}, "scopes": null}}));
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "a=<b>&c=\"",
        "headers": {"host": "not a [host", "content-type": "application/json"},
        "requestContext": {
            "accountId": "1", "apiId": "a", "stage": "$default", "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default", "time": "t", "timeEpoch": 1, "authorizer": authorizer,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "1.1.1.1"},
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

pub async fn answer(world: &World, event: Value) -> Answer {
    let event: ApiGatewayV2httpRequest = serde_json::from_value(event).unwrap();
    let request = Request::from(event);
    let id = request.request_id.clone();
    let response = api::handle(&world.api(), request)
        .await
        .unwrap_or_else(|problem| problem.into_response(&id));
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: match response.body().as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap(),
        },
    }
}

pub async fn post(world: &World, body: &str) -> Answer {
    answer(world, event("POST", "/uploads", Some(ALICE), Some(body))).await
}

pub async fn upload(world: &World, filename: &str, content: &str) -> Answer {
    let body = json!({"filename": filename, "content": content});
    post(world, &body.to_string()).await
}

pub async fn status_of(world: &World, upload_id: &Value) -> Answer {
    let path = format!("/uploads/{}", upload_id.as_str().unwrap());
    answer(world, event("GET", &path, Some(ALICE), None)).await
}

/// Invokes the processor with these records, and gives the number of the first that is to be
/// delivered again.
pub async fn deliver(world: &World, records: &[(usize, Vec<u8>)]) -> Option<usize> {
    let Ok(failed) = try_deliver(world, records, TIMEOUT).await else {
        return records.first().map(|(number, _)| *number);
    };
    failed
}

/// [`deliver`], in an invocation that may run that long.
pub async fn try_deliver(
    world: &World,
    records: &[(usize, Vec<u8>)],
    timeout: Duration,
) -> Result<Option<usize>, Retry> {
    try_deliver_to(&world.processing(), records, timeout).await
}

/// [`try_deliver`], to a processing of the test's own.
pub async fn try_deliver_to(
    processing: &Processing,
    records: &[(usize, Vec<u8>)],
    timeout: Duration,
) -> Result<Option<usize>, Retry> {
    let records: Vec<Value> = records
        .iter()
        .map(|(number, data)| {
            json!({
                "eventID": format!("shardId-000000000000:{number}"),
                "eventSourceARN": "arn:aws:kinesis:eu-central-1:1:stream/s",
                "kinesis": {
                    "approximateArrivalTimestamp": 1.5,
                    "data": BASE64_STANDARD.encode(data),
                    "partitionKey": "p",
                    "sequenceNumber": number.to_string(),
                },
            })
        })
        .collect();
    let batch = serde_json::from_value(json!({"Records": records})).unwrap();
    let deadline = Deadline::after(timeout);
    let response = stream::handle(processing, batch, deadline).await?;
    let failed = response.batch_item_failures.first();
    Ok(failed.map(|f| f.item_identifier.as_ref().unwrap().parse().unwrap()))
}

/// The records on the stream with their sequence numbers.
pub fn on_stream(world: &World) -> Vec<(usize, Vec<u8>)> {
    world.state().stream.iter().cloned().enumerate().collect()
}
