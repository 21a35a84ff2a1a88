//! What owners use of their quotas: counted exactly, whatever fails when, and enforced before any
//! byte is stored. Keys of repeated requests stand for one upload.

use std::time::Duration;

use function_kit::testing::Fault;
use proptest::prelude::*;
use upload_pipeline::domain::schedule::given_up_at;
use upload_pipeline::domain::{
    Exceeded, FileName, IdempotencyKey, Quota, Sha256Digest, Upload, UploadId, UploadState,
};
use upload_pipeline::open::OpenError;
use upload_pipeline::ports::{Clock, UploadTable};
use upload_pipeline::receive::{NewUpload, ReceiveError};

use crate::requests::{ALICE, deliver, on_stream};
use crate::world::announced::OPEN;
use crate::world::{UPLOADS, World};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Calls that receiving an upload makes: row, bytes, RECEIVED, record.
const CALLS: usize = 4;

pub fn new_upload(content: &'static str, key: Option<&str>) -> NewUpload {
    let key = key.map(|key| {
        let key = IdempotencyKey::try_from(key).unwrap();
        (key, Sha256Digest::of(content.as_bytes()))
    });
    NewUpload {
        owner: ALICE.parse().unwrap(),
        file_name: FileName::parse("a.txt").unwrap(),
        content_type: Default::default(),
        content: content.into(),
        request_id: "r".into(),
        key,
    }
}

async fn receive(world: &World, content: &'static str, key: &str) -> Result<Upload, ReceiveError> {
    world
        .receiver()
        .receive(new_upload(content, Some(key)))
        .await
}

#[tokio::test]
async fn a_request_that_is_repeated_with_its_key_makes_one_upload_whatever_fails() {
    for fault in Fault::ALL {
        for call in 0..=CALLS {
            let world = World::default();
            world.break_call(call, fault);
            let first = receive(&world, "x", "k").await;
            // The last number is beyond the last call.
            assert_eq!(world.heal(), call == CALLS, "{fault:?} {call}");
            let again = receive(&world, "x", "k").await.unwrap();
            if let Ok(first) = first {
                assert_eq!(first.upload_id, again.upload_id);
            }
            assert_eq!(world.state().rows.len(), 1, "{fault:?} {call}");
            assert_eq!(world.state().objects.len(), 1, "{fault:?} {call}");
            assert_eq!(deliver(&world, &on_stream(&world)).await, None);
            assert_eq!(world.status(&again), "PROCESSED", "{fault:?} {call}");
            world.assert_counts();
        }
    }
}

/// The reconciler gives the upload up some time after that, and looks for its bytes no more.
#[tokio::test]
async fn a_request_that_is_repeated_too_late_brings_no_bytes() {
    let world = World::default();
    // After the row is written.
    world.break_call(1, Fault::DiesBefore);
    assert!(receive(&world, "x", "k").await.is_err());
    world.revive();
    world.pass(Duration::from_secs(15 * 60));
    let late = receive(&world, "x", "k").await;
    assert!(matches!(late, Err(ReceiveError::NotQueued { .. })));
    assert!(world.state().objects.is_empty());
}

#[tokio::test]
async fn a_key_stands_for_one_body_for_a_day() {
    let world = World::default();
    let first = receive(&world, "x", "k").await.unwrap();
    let reused = receive(&world, "y", "k").await.unwrap_err();
    assert!(matches!(
        reused,
        ReceiveError::NotOpened(OpenError::KeyReused)
    ));
    let other_key = receive(&world, "x", "l").await.unwrap();
    assert_ne!(other_key.upload_id, first.upload_id);
    let removal = world.removal();
    let is_deleted = removal.delete(&first.owner, first.upload_id).await;
    assert!(is_deleted.unwrap());
    let deleted = receive(&world, "x", "k").await.unwrap_err();
    assert!(matches!(deleted, ReceiveError::NotOpened(OpenError::Gone)));
    world.pass(HOUR * 24);
    assert!(receive(&world, "y", "k").await.is_err());
    world.pass(HOUR);
    assert!(receive(&world, "y", "k").await.is_ok());
}

#[tokio::test]
async fn a_key_whose_upload_was_given_up_acknowledges_nothing() {
    let world = World::default();
    // After the row is written.
    world.break_call(1, Fault::DiesBefore);
    assert!(receive(&world, "x", "k").await.is_err());
    world.revive();
    world.pass(HOUR);
    world.reconcile().await.unwrap();
    let late = receive(&world, "x", "k").await;
    assert!(matches!(
        late,
        Err(ReceiveError::NotOpened(OpenError::Gone))
    ));
}

#[tokio::test]
async fn a_full_quota_refuses_before_any_byte_is_stored_and_has_room_again_after_a_deletion() {
    let world = World::default();
    world.state().quota = Quota {
        bytes: Some(3),
        open_uploads: Some(1),
    };
    let first = receive(&world, "xx", "a").await.unwrap();
    for content in ["yy", "yyyy"] {
        let refused = receive(&world, content, "b").await.unwrap_err();
        let ReceiveError::NotOpened(OpenError::QuotaExceeded(exceeded)) = refused else {
            panic!("{refused}");
        };
        assert_eq!(exceeded, Exceeded::Bytes(3));
    }
    assert_eq!(world.state().objects.len(), 1);
    // Its answer was lost, and the quota is used up by that very upload.
    assert_eq!(
        receive(&world, "xx", "a").await.unwrap().upload_id,
        first.upload_id
    );
    world.announce(b"z").await.unwrap();
    let refused = world.announce(b"").await.unwrap_err();
    assert!(matches!(
        refused,
        OpenError::QuotaExceeded(Exceeded::OpenUploads(1))
    ));
    let removal = world.removal();
    removal.delete(&first.owner, first.upload_id).await.unwrap();
    world.pass(OPEN * 2);
    world.reconcile().await.unwrap();
    assert!(receive(&world, "yy", "b").await.is_ok());
    world.assert_counts();
}

#[derive(Debug, Clone)]
enum Step {
    Receive(u8),
    Announce,
    Bring(usize),
    Event(usize),
    Delete(usize),
    Retry(usize),
    Deliver,
    Reconcile,
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3_u8).prop_map(Step::Receive),
        Just(Step::Announce),
        (0..6_usize).prop_map(Step::Bring),
        (0..6_usize).prop_map(Step::Event),
        (0..6_usize).prop_map(Step::Delete),
        (0..6_usize).prop_map(Step::Retry),
        Just(Step::Deliver),
        Just(Step::Reconcile),
        (1..200_u16).prop_map(Step::Pass),
    ]
}

fn fault() -> impl Strategy<Value = Option<(usize, Fault)>> {
    let fault = prop::sample::select(Fault::ALL.to_vec());
    prop::option::of((0..20_usize, fault))
}

/// Returns whether S3 still takes the upload's bytes: what was signed before dies with the upload's
/// time, and of a tombstone's before that is purged.
fn is_open(world: &World, row: &Upload) -> bool {
    match row.state {
        UploadState::Pending { open_until, .. } => world.now() < given_up_at(open_until),
        UploadState::Deleted { purge_until, .. } => world.now() < purge_until,
        _ => false,
    }
}

/// Does the step, which may fail as faults say.
async fn run(world: &World, step: &Step) {
    let ids: Vec<UploadId> = {
        let state = world.state();
        state.rows.values().map(|row| row.upload_id).collect()
    };
    let upload = |number: usize| {
        let id = ids.get(number % ids.len().max(1))?;
        world.state().rows.get(&id.to_string()).cloned()
    };
    match step {
        Step::Receive(key) => drop(receive(world, "hello", &key.to_string()).await),
        Step::Announce => drop(world.announce(b"hello").await),
        Step::Bring(number) => {
            if let Some(row) = upload(*number)
                && is_open(world, &row)
            {
                let body: &[u8] = if number % 5 == 4 { b"other" } else { b"hello" };
                world.bring(&row, body);
            }
        }
        Step::Event(number) => {
            if let Some(row) = upload(*number) {
                drop(world.arrivals().at(&row.location.key).await);
            }
        }
        Step::Delete(number) => {
            if let Some(row) = upload(*number) {
                drop(world.removal().delete(&row.owner, row.upload_id).await);
            }
        }
        Step::Retry(number) => {
            if let Some(row) = upload(*number)
                && let Some(next) = row.retried(world.now())
            {
                drop(world.update(&row, &next).await);
            }
        }
        Step::Deliver => drop(deliver(world, &on_stream(world)).await),
        Step::Reconcile => drop(world.reconcile().await),
        Step::Pass(minutes) => world.pass(Duration::from_secs(u64::from(*minutes) * 60)),
    }
}

/// Lets everything end that nobody hinders any more.
async fn settle(world: &World) {
    for _ in 0..8 {
        world.pass(OPEN);
        world.reconcile().await.unwrap();
        let mut from = 0;
        let records = on_stream(world);
        while let Some(failed) = deliver(world, &records[from..]).await {
            from = failed;
            world.pass(Duration::from_secs(60));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn counts_are_the_sum_of_the_uploads_and_every_upload_ends_whatever_fails_when(
        steps in prop::collection::vec((step(), fault(), any::<bool>()), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let world = World::default();
            for (step, fault, is_overtaken) in steps {
                if let Some((call, fault)) = fault {
                    world.break_call(call, fault);
                }
                world.state().is_overtaken = is_overtaken;
                run(&world, &step).await;
                world.state().is_overtaken = false;
                world.heal();
                world.assert_counts();
            }
            settle(&world).await;
            world.assert_counts();
            let state = world.state();
            for row in state.rows.values() {
                assert!(row.state.is_finished(), "{row:?}");
                let has_object = state.objects.contains_key(&row.location);
                assert_eq!(has_object, row.state.object().is_some(), "{row:?}");
            }
            let uploads = state.objects.keys().filter(|place| place.bucket == UPLOADS);
            let is_known = |key: &str| state.rows.values().any(|row| row.location.key == key);
            assert!(uploads.into_iter().all(|place| is_known(&place.key)));
        });
    }
}
