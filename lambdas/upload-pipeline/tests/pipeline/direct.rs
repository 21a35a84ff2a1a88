//! Uploads that clients send to S3 themselves, and what they may ask about them.

mod announcing;
mod living;
mod sending;

use std::collections::BTreeSet;

use function_kit::testing::Fault;
use serde_json::{Value, json};
use upload_pipeline::api::ROUTES;
use upload_pipeline::domain::{Quota, Sha256Digest};

use crate::requests::{ALICE, Answer, answer, deliver, event, on_stream, upload};
use crate::world::direct::MAX_BYTES;
use crate::world::{RECONCILE_AFTER, World};

const MALLORY: &str = "mallory";

/// One byte more than a part has.
const TWO_PARTS: usize = (8 << 20) + 1;

/// A body that comes in one part, and one that is sent whole.
const IN_PARTS: &[u8] = b"more than ten";
const WHOLE: &[u8] = b"ten bytes!";

async fn ask(world: &World, sub: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let body = body.map(|body| body.to_string());
    answer(world, event(method, path, Some(sub), body.as_deref())).await
}

async fn get(world: &World, path: &str) -> Answer {
    ask(world, ALICE, "GET", path, None).await
}

/// Asks for a page of a listing.
async fn page(world: &World, path: &str, query: Value) -> Answer {
    let mut event = event("GET", path, Some(ALICE), None);
    event["queryStringParameters"] = query;
    answer(world, event).await
}

async fn announce(world: &World, body: &[u8], key: &str) -> Answer {
    let sha256 = Sha256Digest::of(body).to_string();
    announce_as(
        world,
        json!({"filename": "a.txt", "size": body.len(), "sha256": sha256}),
        key,
    )
    .await
}

async fn announce_as(world: &World, body: Value, key: &str) -> Answer {
    let mut event = event("POST", "/uploads", Some(ALICE), Some(&body.to_string()));
    event["headers"]["idempotency-key"] = json!(key);
    answer(world, event).await
}

fn path(answer: &Answer) -> String {
    format!("/uploads/{}", answer.body["upload_id"].as_str().unwrap())
}

fn kind(answer: &Answer) -> &str {
    let urn = answer.body["type"].as_str().unwrap();
    urn.strip_prefix("urn:rustlambda:problem:").unwrap()
}

/// Asks for a signed PUT of each part, and sends it.
async fn send_parts(world: &World, path: &str, parts: &[(u16, &[u8])]) -> Answer {
    let wanted: Vec<_> = parts
        .iter()
        .map(|(number, body)| json!({"number": number, "sha256": Sha256Digest::of(body).to_string()}))
        .collect();
    let signed = format!("{path}/parts");
    let signed = ask(
        world,
        ALICE,
        "POST",
        &signed,
        Some(json!({"parts": wanted})),
    )
    .await;
    if signed.status == 200 {
        for (part, (number, body)) in signed.body["parts"].as_array().unwrap().iter().zip(parts) {
            assert_eq!(part["number"], *number);
            assert_eq!(part["headers"]["x-signed"], "yes");
            // 404 where they were joined before.
            assert!([200, 404].contains(&world.send(part["url"].as_str().unwrap(), body)));
        }
    }
    signed
}

async fn complete(world: &World, path: &str) -> Answer {
    ask(world, ALICE, "POST", &format!("{path}/complete"), None).await
}
