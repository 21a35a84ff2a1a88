//! Every call of every port fails in every way, one at a time: what was acknowledged is not lost,
//! and what was done is not done twice.

use function_kit::testing::Fault;
use serde_json::Value;

use crate::requests::{TIMEOUT, deliver, on_stream, status_of, upload};
use crate::world::{PROCESSED, World};

/// More calls than any scenario here makes; the scenarios check it.
const CALLS: usize = 24;

/// Delivers what is on the stream until nothing is to be delivered again, as Lambda does: from
/// the first record that is not done.
async fn drain(world: &World) {
    let records = on_stream(world);
    let mut from = 0;
    for _ in 0..5 {
        match deliver(world, &records[from..]).await {
            Some(failed) => from = failed,
            None => return,
        }
        world.revive();
        world.pass(TIMEOUT);
    }
    panic!("records are delivered again and again");
}

fn results(world: &World) -> usize {
    let state = world.state();
    let places = state.objects.keys();
    places.filter(|place| place.bucket == PROCESSED).count()
}

fn transitions(world: &World, id: &Value, to: &str) -> usize {
    let wanted = format!("{} {to}", id.as_str().unwrap());
    let state = world.state();
    state.transitions.iter().filter(|t| **t == wanted).count()
}

#[tokio::test]
async fn an_acknowledged_upload_is_processed_once_whatever_fails() {
    for fault in Fault::ALL {
        for call in 0..CALLS {
            let world = World::default();
            world.break_call(call, fault);
            let first = upload(&world, "a.txt", "a").await;
            world.revive();
            let second = upload(&world, "b.txt", "b").await;
            world.revive();
            drain(&world).await;
            world.heal();
            let mut acknowledged = 0;
            for answer in [first, second] {
                if answer.status != 201 {
                    assert_eq!(answer.status, 503, "{fault:?} {call}");
                    continue;
                }
                acknowledged += 1;
                let id = &answer.body["upload_id"];
                let seen = status_of(&world, id).await.body;
                assert_eq!(seen["status"], "PROCESSED", "{fault:?} {call}");
                assert_eq!(transitions(&world, id, "PROCESSED"), 1, "{fault:?} {call}");
            }
            assert!(acknowledged >= 1, "{fault:?} {call}");
            // An upload whose client was told 503 may be processed too, and once.
            assert_eq!(results(&world), on_stream(&world).len(), "{fault:?} {call}");
            assert!(world.state().letters.is_empty(), "{fault:?} {call}");
        }
    }
}

#[tokio::test]
async fn an_upload_that_cannot_be_processed_fails_with_a_message_whatever_fails() {
    for fault in Fault::ALL {
        for call in 0..CALLS {
            let world = World::default();
            let bad = upload(&world, "bad.txt", "x").await.body["upload_id"].clone();
            let good = upload(&world, "good.txt", "y").await.body["upload_id"].clone();
            let bad_key = format!("/{}/", bad.as_str().unwrap());
            world
                .state()
                .objects
                .retain(|place, _| !place.key.contains(&bad_key));
            // By then S3 would find it if it was there.
            world.pass(TIMEOUT * 15);
            world.break_call(call, fault);
            drain(&world).await;
            world.heal();
            for (id, status) in [(&bad, "FAILED"), (&good, "PROCESSED")] {
                let seen = status_of(&world, id).await.body;
                assert_eq!(seen["status"], status, "{fault:?} {call}");
                assert_eq!(transitions(&world, id, status), 1, "{fault:?} {call}");
            }
            let state = world.state();
            assert!((1..=2).contains(&state.letters.len()), "{fault:?} {call}");
            // A crash between message and row sends the message again, and can be told by this.
            for letter in &state.letters {
                assert_eq!(letter.position, state.letters[0].position);
            }
        }
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_reaches_the_queue_whatever_fails() {
    for fault in Fault::ALL {
        for call in 0..CALLS {
            let world = World::default();
            let good = upload(&world, "good.txt", "y").await.body["upload_id"].clone();
            world.state().stream.insert(0, b"rubbish".to_vec());
            world.break_call(call, fault);
            drain(&world).await;
            world.heal();
            assert!(!world.state().letters.is_empty(), "{fault:?} {call}");
            let seen = status_of(&world, &good).await.body;
            assert_eq!(seen["status"], "PROCESSED", "{fault:?} {call}");
        }
    }
}

#[tokio::test]
async fn the_faults_reach_every_call() {
    let world = World::default();
    world.break_call(CALLS - 1, Fault::Refused);
    upload(&world, "a.txt", "a").await;
    upload(&world, "b.txt", "b").await;
    drain(&world).await;
    assert!(
        world.heal(),
        "there are calls beyond {CALLS} that never failed"
    );
}
