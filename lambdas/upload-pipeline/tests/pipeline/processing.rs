//! What becomes of records.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use function_kit::Deadline;
use function_kit::testing::Fault;
use serde_json::{Value, json};
use upload_pipeline::domain::dead_letter::MAX_MESSAGE_BYTES;
use upload_pipeline::domain::record::MAX_REASON_BYTES;
use upload_pipeline::ports::PortErrorKind;
use upload_pipeline::stream;

use crate::requests::{
    ALICE, TIMEOUT, answer, deliver, event, on_stream, status_of, try_deliver, upload,
};
use crate::world::{PROCESSED, World};

/// A world with one upload, and its id.
async fn uploaded(content: &str) -> (World, Value) {
    let world = World::default();
    let id = upload(&world, "a.txt", content).await.body["upload_id"].clone();
    (world, id)
}

/// The record of the world's first upload, changed.
fn changed(world: &World, changes: &Value) -> Vec<u8> {
    let mut record: Value = serde_json::from_slice(&world.state().stream[0]).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        record[name] = value.clone();
    }
    serde_json::to_vec(&record).unwrap()
}

/// A message in the queue, which SQS would have taken.
fn message(world: &World, number: usize) -> Value {
    let message = world.state().letters[number].to_message().unwrap();
    assert!(message.len() <= MAX_MESSAGE_BYTES, "{}", message.len());
    assert!(!message.contains(['\u{FFFE}', '\u{FFFF}']) && !message.contains(char::is_control));
    serde_json::from_str(&message).unwrap()
}

fn results(world: &World) -> Vec<(String, Vec<u8>)> {
    let state = world.state();
    let results = state
        .objects
        .iter()
        .filter(|(place, _)| place.bucket == PROCESSED);
    results
        .map(|(place, stored)| (place.key.clone(), stored.body.to_vec()))
        .collect()
}

#[tokio::test]
async fn text_is_written_in_upper_case_beside_its_upload() {
    let (world, id) = uploaded("hello kinesis, straße").await;
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    let seen = status_of(&world, &id).await.body;
    assert_eq!(seen["status"], "PROCESSED");
    assert_eq!(seen["processed"]["bucket"], PROCESSED);
    let key = seen["s3"]["key"].as_str().unwrap();
    let key = key.replacen("uploads/", "processed/", 1);
    assert_eq!(seen["processed"]["key"], key.as_str());
    assert_eq!(results(&world), [(key, b"HELLO KINESIS, STRASSE".to_vec())]);
}

#[tokio::test]
async fn a_record_delivered_twice_has_its_effects_once() {
    let (world, _) = uploaded("x").await;
    let mut records = on_stream(&world);
    records.push((1, records[0].1.clone()));
    assert_eq!(deliver(&world, &records).await, None);
    assert_eq!(deliver(&world, &records).await, None);
    // PENDING, RECEIVED, PROCESSING and PROCESSED.
    assert_eq!(world.state().transitions.len(), 4);
    assert_eq!(results(&world).len(), 1);
}

#[tokio::test]
async fn an_invalid_record_goes_to_the_queue_and_the_next_is_processed() {
    for (changes, reason, about_the_upload) in [
        (json!({"version": 2}), "version 2", true),
        (json!({"version": "1"}), "version", true),
        (json!({"object_version": 1}), "object_version", true),
        (json!({"owner": ""}), "owner", false),
        (json!({"upload_id": 3}), "upload_id", false),
    ] {
        let (world, id) = uploaded("x").await;
        upload(&world, "next.txt", "next").await;
        let mut records = on_stream(&world);
        records[0].1 = changed(&world, &changes);
        assert_eq!(deliver(&world, &records).await, None);
        let letter = message(&world, 0);
        let told = letter["reason"].as_str().unwrap();
        assert!(told.contains(reason), "{changes}: {told}");
        assert_eq!(letter["shard_id"], "shardId-000000000000");
        assert_eq!(letter["sequence_number"], "0");
        let seen = status_of(&world, &id).await.body;
        let status = if about_the_upload {
            "FAILED"
        } else {
            "RECEIVED"
        };
        assert_eq!(seen["status"], status, "{changes}");
        assert_eq!(seen["reason"].is_string(), about_the_upload);
        assert_eq!(results(&world).len(), 1, "{changes}");
    }
}

#[tokio::test]
async fn what_is_no_json_reaches_the_queue_whole() {
    for (data, text) in [
        (b"not json".to_vec(), true),
        (b"\xff\x00\xfe".to_vec(), false),
        ("\u{FFFE}\u{1}".as_bytes().to_vec(), true),
        ("\u{1}".repeat(100_000).into_bytes(), false),
        (Vec::new(), true),
    ] {
        let world = World::default();
        assert_eq!(deliver(&world, &[(7, data.clone())]).await, None);
        let letter = message(&world, 0);
        let sent = if text {
            letter["data"].as_str().unwrap().as_bytes().to_vec()
        } else {
            let base64 = letter["data_base64"].as_str().unwrap();
            BASE64_STANDARD.decode(base64).unwrap()
        };
        assert_eq!(sent, data);
        assert_eq!(letter["data_truncated"], false);
    }
}

#[tokio::test]
async fn a_record_too_long_for_a_message_is_cut_and_says_so() {
    let world = World::default();
    let data = vec![b'x'; 1 << 20];
    deliver(&world, &[(0, data)]).await;
    let letter = message(&world, 0);
    assert_eq!(letter["data_truncated"], true);
    assert_eq!(letter["data_size"], 1 << 20);
}

#[tokio::test]
async fn a_record_full_of_nonsense_does_not_overflow_row_or_message() {
    let nonsense = "\u{1}\u{FFFE}".repeat(100_000);
    for changes in [
        json!({"version": nonsense}),
        json!({"object_version": [nonsense]}),
    ] {
        let (world, id) = uploaded("x").await;
        let data = changed(&world, &changes);
        assert_eq!(deliver(&world, &[(0, data)]).await, None);
        let seen = status_of(&world, &id).await.body;
        assert_eq!(seen["status"], "FAILED");
        assert!(seen["reason"].as_str().unwrap().len() <= MAX_REASON_BYTES);
        assert_eq!(message(&world, 0)["reason"], seen["reason"]);
    }
}

#[tokio::test]
async fn fields_that_are_not_known_are_ignored() {
    let (world, id) = uploaded("x").await;
    let data = changed(&world, &json!({"colour": "blue"}));
    deliver(&world, &[(0, data)]).await;
    assert_eq!(status_of(&world, &id).await.body["status"], "PROCESSED");
}

#[tokio::test]
async fn an_upload_that_cannot_be_processed_fails_with_a_message() {
    for (content, is_there, reason) in [
        (&b"a\xff"[..], true, "byte at 1 "),
        (b"x", false, "does not exist"),
    ] {
        let (world, id) = uploaded("xy").await;
        for stored in world.state().objects.values_mut() {
            stored.body = bytes::Bytes::from_static(content);
        }
        if !is_there {
            world.state().objects.clear();
            world.pass(TIMEOUT * 15);
        }
        assert_eq!(deliver(&world, &on_stream(&world)).await, None);
        let seen = status_of(&world, &id).await.body;
        assert_eq!(seen["status"], "FAILED");
        assert!(seen["reason"].as_str().unwrap().contains(reason), "{seen}");
        assert_eq!(message(&world, 0)["reason"], seen["reason"]);
        assert_eq!(message(&world, 0)["upload_id"], id);
        assert!(results(&world).is_empty());
        // Delivered again, it is finished: no second message.
        assert_eq!(deliver(&world, &on_stream(&world)).await, None);
        assert_eq!(world.state().letters.len(), 1);
    }
}

/// "After you enable versioning on a bucket for the first time, it might take up to 15 minutes for
/// the change to be fully propagated" ("Enabling versioning on buckets" of the S3 user guide).
#[tokio::test]
async fn an_object_that_s3_does_not_find_yet_is_looked_for_again() {
    let (world, id) = uploaded("x").await;
    world.state().is_young = true;
    world.pass(TIMEOUT * 14);
    assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
    world.state().is_young = false;
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(status_of(&world, &id).await.body["status"], "PROCESSED");
}

/// The event as "Using Lambda to process records from Amazon Kinesis Data Streams" of the Lambda
/// developer guide prints it.
#[tokio::test]
async fn the_event_of_aws_s_documentation_is_read() {
    let event = r#"{"Records": [
        {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": "1",
                "sequenceNumber": "49590338271490256608559692538361571095921575989136588898",
                "data": "SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==",
                "approximateArrivalTimestamp": 1545084650.987
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": "shardId-000000000006:49590338271490256608559692538361571095921575989136588898",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::123456789012:role/lambda-role",
            "awsRegion": "us-east-2",
            "eventSourceARN": "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
        },
        {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": "1",
                "sequenceNumber": "49590338271490256608559692540925702759324208523137515618",
                "data": "VGhpcyBpcyBvbmx5IGEgdGVzdC4=",
                "approximateArrivalTimestamp": 1545084711.166
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": "shardId-000000000006:49590338271490256608559692540925702759324208523137515618",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::123456789012:role/lambda-role",
            "awsRegion": "us-east-2",
            "eventSourceARN": "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
        }
    ]}"#;
    let world = World::default();
    let processing = world.processing();
    let batch = serde_json::from_str(event).unwrap();
    let deadline = Deadline::after(TIMEOUT);
    let answer = stream::handle(&processing, batch, deadline).await.unwrap();
    assert!(answer.batch_item_failures.is_empty());
    let letter = message(&world, 1);
    assert_eq!(letter["data"], "This is only a test.");
    assert_eq!(letter["shard_id"], "shardId-000000000006");
    assert_eq!(
        letter["sequence_number"],
        "49590338271490256608559692540925702759324208523137515618"
    );
    assert_eq!(
        letter["stream"],
        "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
    );
}

#[tokio::test]
async fn a_record_that_no_row_vouches_for_is_not_processed() {
    let (world, id) = uploaded("x").await;
    let other_version = changed(&world, &json!({"object_version": "2"}));
    assert_eq!(deliver(&world, &[(0, other_version)]).await, None);
    assert_eq!(status_of(&world, &id).await.body["status"], "RECEIVED");
    world.state().rows.clear();
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(world.state().letters.len(), 2);
    assert!(results(&world).is_empty());
}

#[tokio::test]
async fn an_invalid_record_does_not_touch_what_is_processed() {
    let (world, id) = uploaded("x").await;
    deliver(&world, &on_stream(&world)).await;
    let bad = changed(&world, &json!({"version": 9}));
    assert_eq!(deliver(&world, &[(1, bad)]).await, None);
    assert_eq!(status_of(&world, &id).await.body["status"], "PROCESSED");
    assert_eq!(world.state().letters.len(), 1);
}

#[tokio::test]
async fn a_batch_that_runs_out_of_time_is_delivered_on_from_there() {
    let (world, _) = uploaded("x").await;
    upload(&world, "b.txt", "y").await;
    let short = Duration::from_secs(5);
    let first = try_deliver(&world, &on_stream(&world), short).await;
    assert_eq!(first.unwrap(), Some(1));
    assert_eq!(results(&world).len(), 1);
    let rest = try_deliver(&world, &on_stream(&world)[1..], short).await;
    assert_eq!(rest.unwrap(), None);
    assert_eq!(results(&world).len(), 2);
}

#[tokio::test]
async fn a_batch_stops_at_a_retry_and_fails_as_a_whole_where_that_is_the_first() {
    let (world, _) = uploaded("x").await;
    upload(&world, "b.txt", "y").await;
    upload(&world, "c.txt", "z").await;
    world.break_call(0, Fault::Refused);
    let nothing_done = try_deliver(&world, &on_stream(&world), TIMEOUT).await;
    assert!(nothing_done.is_err() && results(&world).is_empty());
    // The first record takes seven calls: find, tell, lease, read, finish, complete, tell.
    world.break_call(7, Fault::Refused);
    let first_done = try_deliver(&world, &on_stream(&world), TIMEOUT).await;
    assert_eq!(first_done.unwrap(), Some(1));
    assert_eq!(results(&world).len(), 1);
}

/// A signed link to a result of type `text/html` would run it as a script of the bucket's site.
#[tokio::test]
async fn a_result_is_plain_text_whatever_type_the_client_declared() {
    let world = World::default();
    let body = json!({"filename": "a", "content": "<b>", "content_type": "text/html"});
    let sent = event("POST", "/uploads", Some(ALICE), Some(&body.to_string()));
    assert_eq!(answer(&world, sent).await.status, 201);
    deliver(&world, &on_stream(&world)).await;
    let state = world.state();
    let types: Vec<&str> = state
        .objects
        .iter()
        .filter(|(place, _)| place.bucket == PROCESSED)
        .map(|(_, stored)| stored.content_type.as_str())
        .collect();
    assert_eq!(types, ["text/plain; charset=utf-8"]);
}

/// Lambda would deliver it until the stream gives it up, and keep the shard waiting.
#[tokio::test]
async fn a_row_that_cannot_be_read_does_not_hold_up_the_shard() {
    let (world, id) = uploaded("x").await;
    let next = upload(&world, "next.txt", "y").await.body["upload_id"].clone();
    world.fail_with(PortErrorKind::Unreadable);
    world.break_call(0, Fault::Refused);
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(status_of(&world, &next).await.body["status"], "PROCESSED");
    let letter = message(&world, 0);
    assert_eq!(letter["upload_id"], id);
    let reason = letter["reason"].as_str().unwrap();
    assert!(reason.contains("a call with secrets"), "{reason}");
}

/// Somebody grants it, and every record would meet it until then.
#[tokio::test]
async fn a_permission_that_is_missing_costs_no_upload() {
    let (world, id) = uploaded("x").await;
    world.break_all(PortErrorKind::Broken);
    assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
    world.heal();
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(status_of(&world, &id).await.body["status"], "PROCESSED");
    assert!(world.state().letters.is_empty());
}
