//! Uploads that are announced: how their bytes are received, and what becomes of those that never
//! come, come late, or whose event or record is lost.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use function_kit::testing::Fault;
use serde_json::json;
use upload_pipeline::arrive::Arrival;
use upload_pipeline::domain::transitions::PURGE_AFTER;
use upload_pipeline::domain::{
    Charge, ContentType, Location, Object, Sha256Digest, Upload, UploadState,
};
use upload_pipeline::notification;
use upload_pipeline::ports::{ObjectStore, PortError, Put, Sink, Source};
use upload_pipeline::receive::Receiver;

use crate::counts::new_upload;
use crate::requests::{TIMEOUT, deliver, on_stream, upload};
use crate::world::announced::OPEN;
use crate::world::{RECONCILE_AFTER, World};

/// Calls that it takes to give an upload up: a query of each partition; then row, object, FAILED,
/// two removals, event, and that it was sent.
const CALLS_TO_GIVE_UP: usize = 16 + 7;

/// Calls that a deletion makes: row, tombstone, two removals.
const CALLS_TO_DELETE: usize = 4;

const MINUTE: Duration = Duration::from_secs(60);

fn transitions(world: &World) -> Vec<String> {
    let state = world.state();
    let names = state.transitions.iter();
    names
        .map(|transition| transition.split_once(' ').unwrap().1.to_owned())
        .collect()
}

async fn arrive(world: &World, key: &str) -> Option<Arrival> {
    world.arrivals().at(key).await.unwrap()
}

/// The event as "EventBridge event message structure" of the S3 user guide prints it
/// (docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html), but for the bucket and the key.
fn s3_event(bucket: &str, key: &str) -> notification::Notification {
    let event = json!({
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2021-11-12T00:00:00Z",
        "region": "ca-central-1",
        "resources": ["arn:aws:s3:::amzn-s3-demo-bucket1"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {
                "key": key,
                "size": 5,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
                "sequencer": "617f08299329d189"
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject"
        }
    });
    serde_json::from_value(event).unwrap()
}

#[tokio::test]
async fn bytes_that_arrive_are_received_once_however_often_s3_tells_of_them() {
    let world = World::default();
    let announced = world.announce(b"hello").await.unwrap();
    world.bring(&announced, b"hello");
    for _ in 0..3 {
        let event = s3_event("uploads-bucket", &announced.location.key);
        notification::handle(&world.arrivals(), event)
            .await
            .unwrap();
    }
    assert_eq!(transitions(&world), ["PENDING", "RECEIVED"]);
    assert_eq!(on_stream(&world).len(), 1);
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(world.status(&announced), "PROCESSED");
    world.assert_counts();
}

/// A store after whose answer others are quicker than whoever asked: S3's event is handled, and then
/// the upload deleted if `deletes`.
struct Overtaking {
    world: World,
    deletes: bool,
}

#[async_trait]
impl ObjectStore for Overtaking {
    async fn put_new(
        &self,
        location: &Location,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Bytes,
    ) -> Result<Put, PortError> {
        let put = self.world.put_new(location, content_type, sha256, body);
        let put = put.await?;
        arrive(&self.world, &location.key).await;
        let row = self.world.state().rows.values().next().unwrap().clone();
        if self.deletes {
            let removal = self.world.removal();
            removal.delete(&row.owner, row.upload_id).await?;
        }
        Ok(put)
    }

    async fn newest(&self, location: &Location) -> Result<Option<Object>, PortError> {
        self.world.newest(location).await
    }

    fn source(&self, location: &Location, object: &Object) -> Box<dyn Source> {
        self.world.source(location, object)
    }

    fn sink(&self, location: &Location, content_type: &ContentType) -> Box<dyn Sink> {
        self.world.sink(location, content_type)
    }
}

#[tokio::test]
async fn a_request_that_s3_s_event_or_a_deletion_overtakes_goes_on_from_there() {
    for (deletes, ended) in [(false, "RECEIVED"), (true, "DELETED")] {
        let world = World::default();
        let receiver = Receiver {
            objects: Arc::new(Overtaking {
                world: world.clone(),
                deletes,
            }),
            ..world.receiver()
        };
        let taken = receiver.receive(new_upload("x", None)).await.unwrap();
        assert_eq!(taken.state.name(), ended);
        assert_eq!(world.row(&taken), taken);
        assert_eq!(on_stream(&world).len(), if deletes { 1 } else { 2 });
        world.assert_counts();
    }
}

#[tokio::test]
async fn an_object_that_no_upload_waits_for_is_left_alone() {
    let world = World::default();
    let announced = world.announce(b"hello").await.unwrap();
    world.bring(&announced, b"hello");
    let key = &announced.location.key;
    let other_owner = key.replacen("alice", "bob", 1);
    for key in ["", "uploads/", "uploads/a/b/c", &other_owner] {
        assert_eq!(arrive(&world, key).await, None, "{key}");
    }
    let event = s3_event("another-bucket", key);
    notification::handle(&world.arrivals(), event)
        .await
        .unwrap();
    assert_eq!(world.status(&announced), "PENDING");
    assert_eq!(world.state().objects.len(), 1);
}

/// EventBridge has keys as they are, and S3's own notifications have them URL-encoded.
#[tokio::test]
async fn a_key_names_its_upload_however_its_file_name_is_written() {
    let world = World::default();
    let announced = world.announce(b"hello").await.unwrap();
    world.bring(&announced, b"hello");
    let encoded = announced.location.key.replace("a.txt", "%61.txt");
    let arrival = arrive(&world, &encoded).await;
    assert!(matches!(arrival, Some(Arrival::Received(_))));
    assert_eq!(world.status(&announced), "RECEIVED");
}

#[tokio::test]
async fn other_bytes_than_were_announced_are_refused_and_removed() {
    for other in ["hell", "hullo"] {
        let world = World::default();
        let announced = world.announce(b"hello").await.unwrap();
        world.bring(&announced, other.as_bytes());
        arrive(&world, &announced.location.key).await;
        let UploadState::Failed { reason, .. } = world.row(&announced).state else {
            panic!("{other}");
        };
        assert!(reason.contains("announced"), "{reason}");
        assert!(world.state().objects.is_empty() && on_stream(&world).is_empty());
        world.reconcile().await.unwrap();
        assert_eq!(world.state().events.len(), 1);
        world.assert_counts();
    }
}

#[tokio::test]
async fn a_lost_event_costs_only_time() {
    let world = World::default();
    let announced = world.announce(b"hello").await.unwrap();
    world.bring(&announced, b"hello");
    world.reconcile().await.unwrap();
    assert_eq!(world.status(&announced), "PENDING");
    world.pass(RECONCILE_AFTER);
    world.reconcile().await.unwrap();
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(world.status(&announced), "PROCESSED");
}

#[tokio::test]
async fn a_lost_record_is_put_again_at_pauses_that_grow_to_a_quarter_of_an_hour() {
    let world = World::default();
    assert_eq!(upload(&world, "a", "x").await.status, 201);
    let mut at = Vec::new();
    for minute in 1..=80 {
        world.state().stream.clear();
        world.pass(MINUTE);
        world.reconcile().await.unwrap();
        at.extend((!on_stream(&world).is_empty()).then_some(minute));
    }
    assert_eq!(at, [5, 10, 20, 35, 50, 65, 80]);
}

#[tokio::test]
async fn an_upload_over_which_its_holder_died_is_put_again() {
    let world = World::default();
    upload(&world, "a", "x").await;
    // Of the record's calls, the one that writes the result.
    world.break_call(3, Fault::DiesBefore);
    deliver(&world, &on_stream(&world)).await;
    world.heal();
    let stream = std::mem::take(&mut world.state().stream);
    assert_eq!(stream.len(), 1);
    world.pass(RECONCILE_AFTER + MINUTE);
    world.reconcile().await.unwrap();
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(transitions(&world).last().unwrap(), "PROCESSED");
}

#[tokio::test]
async fn an_upload_that_never_comes_fails_and_leaves_nothing() {
    for fault in Fault::ALL {
        for call in 0..=CALLS_TO_GIVE_UP {
            let world = World::default();
            let announced = world.begin(5).await;
            world.pass(OPEN + PURGE_AFTER - MINUTE);
            world.reconcile().await.unwrap();
            assert_eq!(world.status(&announced), "PENDING");
            world.pass(MINUTE);
            world.break_call(call, fault);
            let _ = world.reconcile().await;
            // The last number is beyond the last call.
            let is_beyond = world.heal();
            assert_eq!(is_beyond, call == CALLS_TO_GIVE_UP, "{fault:?} {call}");
            for _ in 0..2 {
                world.reconcile().await.unwrap();
            }
            let UploadState::Failed { reason, .. } = world.row(&announced).state else {
                panic!("{fault:?} {call}");
            };
            assert!(reason.contains("did not arrive"), "{reason}");
            let state = world.state();
            assert!(state.multipart.is_empty(), "{fault:?} {call}");
            assert!((1..=2).contains(&state.events.len()), "{fault:?} {call}");
            assert!(state.events[0].ends_with("UploadFailed"));
            assert_eq!(state.used.values().next(), Some(&Charge::default()));
        }
    }
}

#[tokio::test]
async fn bytes_that_come_too_late_are_removed() {
    let world = World::default();
    let given_up = world.announce(b"hello").await.unwrap();
    world.pass(OPEN + PURGE_AFTER);
    world.reconcile().await.unwrap();
    let deleted = delete_announced(&world).await;
    world.pass(PURGE_AFTER);
    world.reconcile().await.unwrap();
    for late in [&given_up, &deleted] {
        world.bring(late, b"hello");
        let arrival = arrive(&world, &late.location.key).await;
        assert_eq!(arrival, Some(Arrival::TooLate));
        assert!(world.state().objects.is_empty());
    }
    assert!(on_stream(&world).is_empty());
    world.assert_counts();
}

/// Otherwise a client could send them again and again with one signed URL, and have functions
/// started by each: S3 takes thousands of requests a second, past the API's throttling.
#[tokio::test]
async fn bytes_of_a_deleted_upload_keep_others_out_until_its_urls_have_died() {
    let world = World::default();
    let deleted = delete_announced(&world).await;
    world.bring(&deleted, b"hello");
    let arrival = arrive(&world, &deleted.location.key).await;
    assert_eq!(arrival, Some(Arrival::TooLate));
    assert_eq!(world.state().objects.len(), 1);
    world.pass(PURGE_AFTER);
    world.reconcile().await.unwrap();
    assert!(world.state().objects.is_empty());
    assert!(on_stream(&world).is_empty());
    world.assert_counts();
}

async fn delete_announced(world: &World) -> Upload {
    let upload = world.announce(b"hello").await.unwrap();
    let removal = world.removal();
    assert!(
        removal
            .delete(&upload.owner, upload.upload_id)
            .await
            .unwrap()
    );
    upload
}

#[tokio::test]
async fn a_deleted_upload_is_purged_when_nothing_can_write_it_any_more() {
    let world = World::default();
    upload(&world, "a", "x").await;
    deliver(&world, &on_stream(&world)).await;
    let row = world.state().rows.values().next().unwrap().clone();
    let objects = world.state().objects.clone();
    assert_eq!(objects.len(), 2);
    let delete = async || world.removal().delete(&row.owner, row.upload_id).await;
    assert!(delete().await.unwrap());
    assert!(world.state().objects.is_empty());
    assert!(!delete().await.unwrap());
    world.assert_counts();
    // Written by what was running, without an event.
    world.state().objects = objects;
    world.pass(PURGE_AFTER);
    world.reconcile().await.unwrap();
    assert!(world.state().objects.is_empty());
    let UploadState::Deleted { purged, .. } = world.row(&row).state else {
        panic!("{:?}", world.row(&row).state);
    };
    assert!(purged);
    world.pass(TIMEOUT * 60);
    assert_eq!(world.reconcile().await.unwrap().done, 0);
}

#[tokio::test]
async fn a_deletion_outlives_every_fault() {
    for fault in Fault::ALL {
        for call in 0..=CALLS_TO_DELETE {
            let world = World::default();
            upload(&world, "a", "x").await;
            deliver(&world, &on_stream(&world)).await;
            let row = world.state().rows.values().next().unwrap().clone();
            world.break_call(call, fault);
            let deleted = world.removal().delete(&row.owner, row.upload_id).await;
            assert_eq!(world.heal(), call == CALLS_TO_DELETE, "{fault:?} {call}");
            world.assert_counts();
            if deleted.is_ok() {
                assert_eq!(world.status(&row), "DELETED", "{fault:?} {call}");
            }
            if world.status(&row) == "DELETED" {
                world.pass(PURGE_AFTER);
                world.reconcile().await.unwrap();
                assert!(world.state().objects.is_empty(), "{fault:?} {call}");
            }
        }
    }
}

#[tokio::test]
async fn only_finished_uploads_expire() {
    let world = World::default();
    let day = MINUTE * 60 * 24;
    world.state().expire_after = Some(day);
    upload(&world, "done.txt", "x").await;
    deliver(&world, &on_stream(&world)).await;
    let done = world.state().rows.values().next().unwrap().clone();
    upload(&world, "waits.txt", "x").await;
    world.pass(day - MINUTE);
    world.reconcile().await.unwrap();
    assert_eq!(world.status(&done), "PROCESSED");
    world.pass(MINUTE);
    world.reconcile().await.unwrap();
    assert_eq!(world.status(&done), "DELETED");
    let waits: Vec<_> = world.state().objects.keys().cloned().collect();
    assert_eq!(waits.len(), 1);
    assert!(waits[0].key.ends_with("waits.txt"));
    world.assert_counts();
}

#[tokio::test]
async fn an_upload_that_cannot_be_looked_after_holds_up_no_other() {
    let world = World::default();
    for _ in 0..8 {
        upload(&world, "a", "x").await;
    }
    world.state().stream.clear();
    world.pass(RECONCILE_AFTER);
    // The partitions before it have no upload: they are asked, and so is its own. Then its row is read.
    let ids: Vec<String> = world.state().rows.keys().cloned().collect();
    let first = ids.iter().map(|id| &id[35..]).min().unwrap();
    let queries = usize::from_str_radix(first, 16).unwrap() + 1;
    world.break_call(queries, Fault::Refused);
    assert!(world.reconcile().await.is_err());
    assert_eq!(on_stream(&world).len(), 7);
    world.reconcile().await.unwrap();
    assert_eq!(on_stream(&world).len(), 8);
}
