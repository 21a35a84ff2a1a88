//! Who works on an upload, for how long, and what becomes of it when they stop.

use std::time::Duration;

use async_trait::async_trait;
use function_kit::testing::Fault;
use serde_json::Value;
use upload_pipeline::domain::upload::MAX_TRIES;
use upload_pipeline::domain::{HolderId, Lease, Upload, UploadState};
use upload_pipeline::ports::{Clock, PortErrorKind, Sink, Source, Timer};
use upload_pipeline::process::{LEASE_TERM, Retry};
use upload_pipeline::processor::{Description, ProcessError, Processor};

use crate::requests::{
    TIMEOUT, deliver, on_stream, status_of, try_deliver, try_deliver_to, upload,
};
use crate::world::{PROCESSED, World};

/// What a processor does before it writes its result.
#[derive(Clone)]
enum Does {
    /// It waits that long.
    Sleeps(World, Duration),
    /// It calculates, and lets nobody else on its thread, until its lease was renewed twice.
    Calculates(World),
    /// It panics.
    Panics,
    /// It waits that long and panics.
    SleepsAndPanics(World, Duration),
    /// Another takes its upload over.
    IsOvertaken(World),
}

#[async_trait]
impl Processor for Does {
    async fn process(
        &self,
        _: &Description,
        _: &dyn Source,
        sink: &mut dyn Sink,
    ) -> Result<(), ProcessError> {
        match self {
            Self::Sleeps(world, time) => world.sleep(*time).await,
            Self::Calculates(world) => while row(world).revision < 5 {},
            Self::Panics => panic!("as it was told"),
            Self::SleepsAndPanics(world, time) => {
                world.sleep(*time).await;
                panic!("as it was told");
            }
            Self::IsOvertaken(world) => {
                let next = row(world).lease(
                    HolderId::generate(),
                    world.now() + TIMEOUT,
                    world.now() + TIMEOUT * 2,
                );
                put(world, next.unwrap().upload().clone());
                world.sleep(TIMEOUT).await;
            }
        }
        Ok(sink.write("done".into()).await?)
    }
}

fn row(world: &World) -> Upload {
    world.state().rows.values().next().unwrap().clone()
}

fn put(world: &World, row: Upload) {
    world.state().rows.insert(row.upload_id.to_string(), row);
}

fn lease(world: &World) -> Lease {
    match row(world).state {
        UploadState::Processing { lease, .. } => lease,
        state => panic!("{state:?}"),
    }
}

async fn uploaded() -> (World, Value) {
    let world = World::default();
    let id = upload(&world, "a.txt", "x").await.body["upload_id"].clone();
    (world, id)
}

/// Delivers the upload's record to such a processor. Returns whether it is done.
async fn is_done(world: &World, does: Does) -> bool {
    is_done_in(TIMEOUT, world, does).await
}

async fn is_done_in(timeout: Duration, world: &World, does: Does) -> bool {
    let processing = world.processing_with(does);
    let records = on_stream(world);
    try_deliver_to(&processing, &records, timeout).await.is_ok()
}

async fn status(world: &World, id: &Value) -> Value {
    status_of(world, id).await.body["status"].clone()
}

#[tokio::test]
async fn a_failed_try_gives_its_lease_back_for_the_next() {
    let (world, id) = uploaded().await;
    // After the row was read and leased, S3 is busy.
    world.break_call(3, Fault::Refused);
    assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
    assert_eq!(
        (lease(&world).expires_at, lease(&world).tries),
        (world.now(), 0)
    );
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(status(&world, &id).await, "PROCESSED");
}

#[tokio::test]
async fn the_lease_of_a_dead_invocation_is_waited_for() {
    let (world, id) = uploaded().await;
    world.break_call(3, Fault::DiesBefore);
    assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
    world.revive();
    let expires_at = lease(&world).expires_at;
    assert!(expires_at > world.now());
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(status(&world, &id).await, "PROCESSED");
    assert_eq!(world.now(), expires_at);
}

#[tokio::test]
async fn a_lease_that_outlasts_the_invocation_is_not_waited_for() {
    let (world, id) = uploaded().await;
    let now = world.now();
    let held = row(&world)
        .lease(HolderId::generate(), now, now + TIMEOUT)
        .unwrap();
    put(&world, held.upload().clone());
    assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
    assert_eq!(world.now(), now);
    assert_eq!(status(&world, &id).await, "PROCESSING");
}

/// The work would end at once, for want of time, and use up a try.
#[tokio::test]
async fn a_lease_that_leaves_no_time_for_the_work_is_not_waited_for() {
    let (world, _) = uploaded().await;
    world.break_call(3, Fault::DiesBefore);
    assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
    world.revive();
    let before = row(&world);
    let short = LEASE_TERM + Duration::from_secs(2);
    let retry = try_deliver(&world, &on_stream(&world), short).await;
    assert!(matches!(retry, Err(Retry::Leased(_))), "{retry:?}");
    assert_eq!(row(&world), before);
}

#[tokio::test]
async fn a_heartbeat_keeps_the_lease_of_long_work() {
    let (world, id) = uploaded().await;
    let other = world.clone();
    let long = Does::Sleeps(world.clone(), LEASE_TERM * 3);
    let work = is_done(&world, long);
    let look = async {
        other.sleep(LEASE_TERM * 2).await;
        let now = other.now();
        assert!(row(&other).held_until(now).is_some());
    };
    let (done, ()) = tokio::join!(work, look);
    assert!(done);
    assert_eq!(status(&world, &id).await, "PROCESSED");
}

#[tokio::test]
async fn a_renewal_that_fails_is_tried_again() {
    let (world, id) = uploaded().await;
    // After the row was read and leased.
    world.break_call(3, Fault::Refused);
    assert!(is_done(&world, Does::Sleeps(world.clone(), LEASE_TERM * 2)).await);
    assert_eq!(status(&world, &id).await, "PROCESSED");
}

#[tokio::test]
async fn a_lease_whose_answer_was_lost_costs_nothing() {
    let (world, id) = uploaded().await;
    world.break_call(2, Fault::AnswerLost);
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    assert_eq!(world.now(), jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(status(&world, &id).await, "PROCESSED");
}

#[tokio::test]
async fn a_renewal_whose_answer_was_lost_does_not_stop_the_work() {
    // One renewal before the end, so that its end meets the lost one; and several.
    for time in [LEASE_TERM / 2, LEASE_TERM * 2] {
        let (world, id) = uploaded().await;
        // After the row was read and leased.
        world.break_call(3, Fault::AnswerLost);
        assert!(is_done(&world, Does::Sleeps(world.clone(), time)).await);
        assert_eq!(status(&world, &id).await, "PROCESSED");
    }
}

#[tokio::test]
async fn a_lease_is_released_after_a_renewal_whose_answer_was_lost() {
    let (world, _) = uploaded().await;
    world.break_call(3, Fault::AnswerLost);
    let does = Does::SleepsAndPanics(world.clone(), LEASE_TERM / 2);
    assert!(!is_done(&world, does).await);
    assert_eq!(
        (lease(&world).expires_at, lease(&world).tries),
        (world.now(), 1)
    );
}

#[tokio::test]
async fn a_renewal_that_hangs_does_not_outlive_the_lease() {
    let (world, id) = uploaded().await;
    // The first renewal.
    world.state().hangs_at = Some(4);
    let other = world.clone();
    let work = is_done_in(
        LEASE_TERM * 2 + LEASE_TERM / 2,
        &world,
        Does::Sleeps(world.clone(), LEASE_TERM + LEASE_TERM / 2),
    );
    let look = async {
        other.sleep(LEASE_TERM + Duration::from_secs(1)).await;
        let now = other.now();
        assert!(row(&other).held_until(now).is_some());
    };
    let (done, ()) = tokio::join!(work, look);
    assert!(done && world.state().hangs_at.is_none());
    assert_eq!(status(&world, &id).await, "PROCESSED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calculations_do_not_keep_the_heartbeat_waiting() {
    let (world, id) = uploaded().await;
    // The world's time passes quickly while the other thread calculates.
    let does = Does::Calculates(world.clone());
    assert!(is_done_in(TIMEOUT * 10_000, &world, does).await);
    assert_eq!(status(&world, &id).await, "PROCESSED");
}

#[tokio::test]
async fn work_stops_when_another_has_taken_over() {
    let (world, _) = uploaded().await;
    assert!(!is_done(&world, Does::IsOvertaken(world.clone())).await);
    assert_eq!(lease(&world).tries, 2);
    tokio::task::yield_now().await;
    assert_eq!(world.state().open_sinks, 0);
    let state = world.state();
    assert!(state.objects.keys().all(|place| place.bucket != PROCESSED));
}

#[tokio::test]
async fn work_that_outlasts_the_invocation_ends_in_order_and_counts() {
    let (world, _) = uploaded().await;
    assert!(!is_done(&world, Does::Sleeps(world.clone(), TIMEOUT)).await);
    assert_eq!(
        (lease(&world).expires_at, lease(&world).tries),
        (world.now(), 1)
    );
    assert!(world.now() < jiff::Timestamp::UNIX_EPOCH + TIMEOUT);
    tokio::task::yield_now().await;
    assert_eq!(world.state().open_sinks, 0);
}

/// Lambda retries for as long as the stream keeps the record, and the records behind it wait.
#[tokio::test]
async fn an_upload_whose_processor_always_panics_fails_after_some_tries() {
    let (world, id) = uploaded().await;
    for tries in 1..=MAX_TRIES {
        assert!(!is_done(&world, Does::Panics).await);
        assert_eq!(
            (lease(&world).expires_at, lease(&world).tries),
            (world.now(), tries)
        );
    }
    assert!(is_done(&world, Does::Panics).await);
    assert_eq!(status(&world, &id).await, "FAILED");
    assert_eq!(world.state().letters.len(), 1);
    assert!(is_done(&world, Does::Panics).await);
    assert_eq!(world.state().letters.len(), 1);
}

#[tokio::test]
async fn an_outage_is_no_upload_s_fault() {
    for broken in 2..6 {
        let (world, id) = uploaded().await;
        for _ in 0..MAX_TRIES * 2 {
            // The lease, reading, writing the result, and writing the row.
            world.break_call(broken, Fault::Refused);
            assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
        }
        world.break_all(PortErrorKind::Busy);
        for _ in 0..MAX_TRIES * 2 {
            assert_eq!(deliver(&world, &on_stream(&world)).await, Some(0));
            world.pass(TIMEOUT);
        }
        world.heal();
        assert_eq!(deliver(&world, &on_stream(&world)).await, None);
        assert_eq!(status(&world, &id).await, "PROCESSED");
        assert!(world.state().letters.is_empty());
    }
}
