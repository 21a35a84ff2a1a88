//! What other systems are told of uploads, and what becomes of those that are deleted meanwhile.

use function_kit::testing::Fault;
use serde_json::Value;
use upload_pipeline::ports::Clock;
use upload_pipeline::process::LEASE_TERM;

use crate::requests::{deliver, on_stream, status_of, upload};
use crate::world::{PROCESSED, World};

async fn uploaded() -> (World, Value) {
    let world = World::default();
    let id = upload(&world, "a.txt", "x").await.body["upload_id"].clone();
    (world, id)
}

/// Delivers the record until it is done, in one way or another.
async fn deliver_until_done(world: &World) {
    for _ in 0..4 {
        if deliver(world, &on_stream(world)).await.is_none() {
            return;
        }
        world.revive();
        world.pass(LEASE_TERM);
    }
    panic!("the record is delivered again and again");
}

/// The names of the events that were sent, each as often as it was.
fn events(world: &World) -> Vec<String> {
    let state = world.state();
    let names = state.events.iter().map(|event| event.split(' ').nth(1));
    names.map(|name| name.unwrap().to_owned()).collect()
}

fn delete(world: &World) {
    let now = world.now();
    for row in world.state().rows.values_mut() {
        *row = row.deleted(now).unwrap();
    }
}

#[tokio::test]
async fn others_learn_that_an_upload_was_received_and_then_processed() {
    let (world, _) = uploaded().await;
    deliver(&world, &on_stream(&world)).await;
    assert_eq!(events(&world), ["UploadReceived", "UploadProcessed"]);
    // Whoever processed it may have died before it told.
    deliver(&world, &on_stream(&world)).await;
    assert_eq!(events(&world)[2..], ["UploadProcessed"]);
}

#[tokio::test]
async fn others_learn_that_an_upload_failed() {
    let (world, _) = uploaded().await;
    for stored in world.state().objects.values_mut() {
        stored.body = bytes::Bytes::from_static(b"\xff");
    }
    deliver(&world, &on_stream(&world)).await;
    assert_eq!(events(&world), ["UploadReceived", "UploadFailed"]);
}

/// Find, event, lease, read, finish, row, event.
#[tokio::test]
async fn no_event_is_missing_whatever_fails() {
    for fault in Fault::ALL {
        for call in 0..7 {
            let (world, id) = uploaded().await;
            world.break_call(call, fault);
            deliver_until_done(&world).await;
            assert!(!world.heal(), "{call} is never called");
            assert_eq!(status_of(&world, &id).await.body["status"], "PROCESSED");
            let mut events = events(&world);
            assert_eq!(events[0], "UploadReceived", "{fault:?} {call}");
            events.dedup();
            assert_eq!(events.len(), 2, "{fault:?} {call} {events:?}");
        }
    }
}

#[tokio::test]
async fn a_record_of_a_deleted_upload_is_done() {
    let (world, _) = uploaded().await;
    delete(&world);
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    let state = world.state();
    assert!(state.events.is_empty() && state.letters.is_empty());
}

#[tokio::test]
async fn an_upload_that_is_deleted_during_the_work_leaves_no_result() {
    let (world, _) = uploaded().await;
    world.state().deletes_before_results = true;
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    let state = world.state();
    assert!(state.rows.values().all(|row| row.is_deleted()));
    assert!(state.objects.keys().all(|place| place.bucket != PROCESSED));
    assert!(state.events.iter().all(|event| event.ends_with("Received")));
    assert!(state.letters.is_empty());
}
