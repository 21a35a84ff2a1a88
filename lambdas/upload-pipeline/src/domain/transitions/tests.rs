use super::super::*;
use super::*;

const HOUR: Duration = Duration::from_secs(60 * 60);
const SCHEDULE: Schedule = Schedule {
    reconcile_after: Duration::from_secs(300),
    expire_after: Some(HOUR.saturating_mul(24)),
};

fn now() -> Timestamp {
    Timestamp::from_second(1_763_708_400).unwrap()
}

fn object(size: u64) -> Object {
    Object {
        version: "v".into(),
        size,
        checksum: Checksum::Sha256(Sha256Digest::of(b"x")),
    }
}

/// An upload of 5 bytes that was announced for an hour, in parts.
fn pending() -> Upload {
    Upload {
        owner: "owner".parse().unwrap(),
        upload_id: UploadId::generate(),
        file_name: FileName::parse("a").unwrap(),
        content_type: Default::default(),
        location: Location {
            bucket: "b".into(),
            key: "k".into(),
        },
        created_at: now(),
        request_id: "r".into(),
        updated_at: now(),
        revision: 1,
        state: UploadState::Pending {
            open_until: now() + HOUR,
            announced: Announced {
                size: 5,
                sha256: None,
            },
            multipart: Some(Multipart {
                id: None,
                part_size: 8 << 20,
            }),
        },
    }
}

fn received() -> Upload {
    pending().received(now(), object(5)).unwrap()
}

fn processed() -> Upload {
    let result = Stored {
        location: pending().location,
        object: object(7),
    };
    let leased = received()
        .lease(HolderId::generate(), now(), now() + HOUR)
        .unwrap();
    leased.processed(now(), result)
}

fn failed() -> Upload {
    received().fail(now(), "bad").unwrap()
}

fn given_up() -> Upload {
    pending().given_up(now(), "late").unwrap()
}

fn deleted() -> Upload {
    received().deleted(now()).unwrap()
}

/// Returns the names of the states that a transition leads to from each state, in order.
fn targets(transition: impl Fn(&Upload) -> Option<Upload>) -> Vec<Option<&'static str>> {
    let states = [
        pending(),
        received(),
        processed(),
        failed(),
        given_up(),
        deleted(),
    ];
    let target = |upload: &Upload| {
        let next = transition(upload)?;
        assert_eq!(next.revision, upload.revision + 1);
        Some(next.state.name())
    };
    states.iter().map(target).collect()
}

#[test]
fn a_transition_leads_only_from_where_it_makes_sense() {
    let (none, received) = (None, Some("RECEIVED"));
    let (failed, deleted) = (Some("FAILED"), Some("DELETED"));
    assert_eq!(
        targets(|upload| upload.received(now(), object(5))),
        [received, none, none, none, none, none]
    );
    assert_eq!(
        targets(|upload| upload.begun(now(), "m".into())),
        [Some("PENDING"), none, none, none, none, none]
    );
    assert_eq!(
        targets(|upload| upload.given_up(now(), "r")),
        [failed, none, none, none, none, none]
    );
    assert_eq!(
        targets(|upload| upload.announced(now())),
        [none, none, none, none, failed, none]
    );
    assert_eq!(
        targets(|upload| upload.retried(now())),
        [none, none, none, received, none, none]
    );
    assert_eq!(
        targets(|upload| upload.deleted(now())),
        [deleted, deleted, deleted, deleted, deleted, none]
    );
    let later = now() + PURGE_AFTER;
    assert_eq!(
        targets(|upload| upload.purged(later)),
        [none, none, none, none, none, deleted]
    );
    assert_eq!(targets(|upload| upload.purged(now())), [none; 6]);
}

#[test]
fn a_multipart_upload_is_begun_once() {
    let begun = pending().begun(now(), "m".into()).unwrap();
    assert_eq!(begun.begun(now(), "n".into()), None);
}

#[test]
fn an_upload_takes_of_the_quota_what_it_announced_and_then_what_it_stores() {
    let charge = |bytes, open| Charge { bytes, open };
    for (upload, expected) in [
        (pending(), charge(5, 1)),
        (received(), charge(5, 0)),
        (processed(), charge(5, 0)),
        (failed(), charge(5, 0)),
        (given_up(), charge(0, 0)),
        (deleted(), charge(0, 0)),
    ] {
        assert_eq!(upload.charge(), expected, "{}", upload.state.name());
    }
}

#[test]
fn a_quota_is_used_up_to_its_last_byte() {
    let quota = Quota {
        bytes: Some(10),
        open_uploads: Some(2),
    };
    let charge = |bytes, open| Charge { bytes, open };
    for (used, exceeded) in [
        (charge(5, 1), None),
        (charge(6, 1), Some(Exceeded::Bytes(10))),
        (charge(5, 2), Some(Exceeded::OpenUploads(2))),
        (charge(u64::MAX, 2), Some(Exceeded::Bytes(10))),
    ] {
        assert_eq!(quota.exceeded_by(used, charge(5, 1)), exceeded, "{used:?}");
    }
    let none = Quota::default();
    assert_eq!(none.exceeded_by(charge(u64::MAX, 9), charge(5, 1)), None);
}

#[test]
fn somebody_looks_after_an_upload_until_nothing_is_left_to_do() {
    let minute = Duration::from_secs(60);
    let due = |upload: &Upload| Some(SCHEDULE.due(upload)?.duration_since(now()).unsigned_abs());
    let in_time = |time: Duration| Some(time);
    assert_eq!(due(&pending()), in_time(5 * minute));
    let seen = pending().looked_after(now() + 50 * minute);
    assert_eq!(due(&seen), in_time(65 * minute));
    let seen = pending().looked_after(now() + 70 * minute);
    // Not after 85 minutes: the upload's time is over before.
    assert_eq!(due(&seen), in_time(HOUR + PURGE_AFTER));
    assert_eq!(due(&received()), in_time(5 * minute));
    let leased = received()
        .lease(HolderId::generate(), now(), now() + minute)
        .unwrap();
    assert_eq!(due(leased.upload()), in_time(6 * minute));
    assert_eq!(due(&given_up()), in_time(Duration::ZERO));
    for finished in [processed(), failed(), given_up().announced(now()).unwrap()] {
        assert_eq!(due(&finished), in_time(24 * HOUR));
        let forever = Schedule {
            expire_after: None,
            ..SCHEDULE
        };
        assert_eq!(forever.due(&finished), None);
    }
    assert_eq!(due(&deleted()), in_time(PURGE_AFTER));
    let purged = deleted().purged(now() + PURGE_AFTER).unwrap();
    assert_eq!(SCHEDULE.due(&purged), None);
}

#[test]
fn events_tell_of_what_others_wait_for() {
    let told = |upload: &Upload| {
        let event = UploadEvent::of(upload)?;
        let detail = serde_json::to_value(&event).unwrap();
        assert_eq!(detail["version"], 1);
        assert_eq!(detail["at"], "2025-11-21T07:00:00.000Z");
        assert_eq!(detail["s3"]["key"], "k");
        Some((event.detail_type, detail))
    };
    assert_eq!(told(&received()).unwrap().0, "UploadReceived");
    let (name, detail) = told(&processed()).unwrap();
    assert_eq!(
        (name, &detail["processed"]["size"]),
        ("UploadProcessed", &7.into())
    );
    let (name, detail) = told(&failed()).unwrap();
    assert_eq!((name, &detail["reason"]), ("UploadFailed", &"bad".into()));
    assert_eq!(
        (&detail["size"], told(&given_up()).unwrap().0),
        (&5.into(), "UploadFailed")
    );
    assert_eq!(told(&pending()), None);
    assert_eq!(told(&deleted()), None);
}
