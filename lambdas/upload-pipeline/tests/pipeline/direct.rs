//! Uploads that clients send to S3 themselves, and what they may ask about them.

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

#[tokio::test]
async fn a_small_upload_is_sent_by_one_signed_put_and_then_processed() {
    let world = World::default();
    let announced = announce(&world, WHOLE, "k").await;
    assert_eq!(announced.status, 201);
    assert_eq!(announced.headers["location"], path(&announced).as_str());
    assert_eq!(announced.body["status"], "PENDING");
    assert_eq!(announced.body["expires_at"], "1970-01-01T01:00:00.000Z");
    assert!(announced.body.get("multipart").is_none());
    let waiting = get(&world, &path(&announced)).await.body;
    assert_eq!(
        (&waiting["status"], &waiting["size"]),
        (&json!("PENDING"), &json!(10))
    );
    assert!(waiting.get("download").is_none());
    let url = announced.body["put"]["url"].as_str().unwrap();
    assert_eq!(world.send(url, b"other bytes"), 403);
    assert_eq!(world.send(url, WHOLE), 200);
    assert_eq!(
        complete(&world, &path(&announced)).await.body["status"],
        "RECEIVED"
    );
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    let done = get(&world, &path(&announced)).await.body;
    assert_eq!(done["status"], "PROCESSED");
    for (which, prefix) in [
        ("original", "uploads-bucket/uploads/"),
        ("result", "processed-bucket/"),
    ] {
        let url = done["download"][which].as_str().unwrap();
        assert!(
            url.starts_with(prefix) && url.contains("version=1"),
            "{url}"
        );
    }
    world.assert_counts();
}

#[tokio::test]
async fn a_large_upload_comes_in_parts_and_is_resumed() {
    let world = World::default();
    let body = vec![b'x'; TWO_PARTS];
    let (first, second) = body.split_at(8 << 20);
    let size = json!({"filename": "a.txt", "size": TWO_PARTS});
    let announced = announce_as(&world, size, "k").await;
    let path = path(&announced);
    let plan = json!({"part_size": 8 << 20, "parts": 2});
    assert_eq!(announced.body["multipart"], plan);
    assert_eq!(announced.body["expires_at"], "1970-01-02T00:00:00.000Z");
    assert!(announced.body.get("put").is_none());
    let none = get(&world, &format!("{path}/parts")).await.body;
    assert_eq!(none, json!({"parts": []}));
    assert_eq!(complete(&world, &path).await.body["missing"], json!([1, 2]));
    assert_eq!(send_parts(&world, &path, &[(2, second)]).await.status, 200);
    let early = complete(&world, &path).await;
    assert_eq!((early.status, kind(&early)), (409, "parts-missing"));
    assert_eq!(early.body["missing"], json!([1]));
    // Another machine goes on.
    assert_eq!(get(&world, &path).await.body["multipart"], plan);
    let sha256 = Sha256Digest::of(second).to_string();
    let arrived = get(&world, &format!("{path}/parts")).await.body;
    assert_eq!(
        arrived["parts"],
        json!([{"number": 2, "size": 1, "sha256": sha256}])
    );
    assert_eq!(send_parts(&world, &path, &[(1, first)]).await.status, 200);
    for _ in 0..2 {
        let done = complete(&world, &path).await;
        assert_eq!(
            (done.status, &done.body["status"]),
            (200, &json!("RECEIVED"))
        );
        assert_eq!(done.body["size"], TWO_PARTS);
    }
    assert_eq!(world.state().stream.len(), 1);
    assert!(world.state().multipart.is_empty());
    world.assert_counts();
}

#[tokio::test]
async fn arrived_parts_are_listed_a_page_at_a_time() {
    let world = World::default();
    let announced = announce_as(&world, json!({"filename": "a", "size": 5 * (8 << 20)}), "k").await;
    let path = path(&announced);
    send_parts(&world, &path, &[]).await;
    // The store has them whatever their size is.
    let sha256 = Sha256Digest::of(b"").to_string();
    let body = json!({"parts": [{"number": 1, "sha256": sha256}]});
    ask(&world, ALICE, "POST", &format!("{path}/parts"), Some(body)).await;
    for number in 1..=5 {
        world.state().multipart[0].parts.insert(number, "x".into());
    }
    let (mut numbers, mut cursor) = (Vec::new(), None);
    loop {
        let query = cursor.map_or(json!({}), |cursor: String| json!({"cursor": cursor}));
        let page = page(&world, &format!("{path}/parts"), query).await.body;
        let parts = page["parts"].as_array().unwrap();
        numbers.extend(parts.iter().map(|part| part["number"].as_u64().unwrap()));
        match page.get("next_cursor") {
            Some(next) => cursor = Some(next.as_str().unwrap().to_owned()),
            None => break,
        }
    }
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    // None of them has its size.
    assert_eq!(
        complete(&world, &path).await.body["missing"],
        json!([1, 2, 3, 4, 5])
    );
    let bad = page(&world, &format!("{path}/parts"), json!({"cursor": "x"})).await;
    assert_eq!(kind(&bad), "invalid-request");
}

#[tokio::test]
async fn a_completion_that_outlasts_its_invocation_is_answered_202() {
    let world = World::default();
    let path = path(&announce(&world, IN_PARTS, "k").await);
    send_parts(&world, &path, &[(1, IN_PARTS)]).await;
    world.state().joins_slowly = true;
    let running = complete(&world, &path).await;
    assert_eq!(
        (running.status, &running.body["status"]),
        (202, &json!("PENDING"))
    );
    assert_eq!(complete(&world, &path).await.status, 200);
}

/// Sends an upload as clients do, from the beginning on. Returns its path, if nothing failed.
async fn try_to_send(world: &World, body: &[u8]) -> Option<String> {
    let announced = announce(world, body, "k").await;
    if announced.status != 201 {
        return None;
    }
    let path = path(&announced);
    if announced.body["status"] == "PENDING" {
        if let Some(url) = announced.body["put"]["url"].as_str() {
            assert!([200, 412].contains(&world.send(url, body)));
        } else {
            // When the parts are joined already, the completion finds out.
            send_parts(world, &path, &[(1, body)]).await;
        }
    }
    (complete(world, &path).await.status == 200).then_some(path)
}

async fn send(world: &World, body: &[u8]) -> String {
    for _ in 0..3 {
        if let Some(path) = try_to_send(world, body).await {
            return path;
        }
        world.revive();
    }
    panic!("the client gives up");
}

#[tokio::test]
async fn an_upload_ends_once_whatever_fails_on_its_way() {
    for body in [WHOLE, IN_PARTS] {
        for fault in Fault::ALL {
            for call in 0.. {
                let world = World::default();
                world.break_call(call, fault);
                let path = send(&world, body).await;
                let is_over = world.heal();
                let about = format!("{fault:?} {call}");
                assert_eq!(world.state().rows.len(), 1, "{about}");
                assert_eq!(world.state().objects.len(), 1, "{about}");
                assert!(world.state().multipart.is_empty(), "{about}");
                world.pass(2 * RECONCILE_AFTER);
                world.reconcile().await.unwrap();
                assert_eq!(deliver(&world, &on_stream(&world)).await, None);
                let status = &get(&world, &path).await.body["status"];
                assert_eq!(status, "PROCESSED", "{about}");
                world.assert_counts();
                if is_over {
                    assert!(call > 4);
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn two_requests_that_begin_at_once_leave_one_multipart_upload() {
    let world = World::default();
    let path = path(&announce(&world, IN_PARTS, "k").await);
    let part: &[(u16, &[u8])] = &[(1, IN_PARTS)];
    let (first, second) = tokio::join!(
        send_parts(&world, &path, part),
        send_parts(&world, &path, part)
    );
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(complete(&world, &path).await.status, 200);
    assert!(world.state().multipart.is_empty());
}

#[tokio::test]
async fn a_request_for_parts_outlives_the_reconciler_s_look_at_its_upload() {
    let world = World::default();
    let announced = announce(&world, IN_PARTS, "k").await;
    world.state().is_overtaken = true;
    let signed = send_parts(&world, &path(&announced), &[(1, IN_PARTS)]).await;
    assert_eq!(signed.status, 200, "{:?}", signed.body);
    assert_eq!(world.state().multipart.len(), 1);
    assert_eq!(complete(&world, &path(&announced)).await.status, 200);
}

#[tokio::test]
async fn a_key_stands_for_one_upload_and_signs_its_put_anew() {
    let world = World::default();
    let first = announce(&world, WHOLE, "k").await;
    let again = announce(&world, WHOLE, "k").await;
    assert_eq!(first.body, again.body);
    let other = announce(&world, IN_PARTS, "k").await;
    assert_eq!((other.status, kind(&other)), (422, "key-reused"));
    assert_eq!(
        world.send(again.body["put"]["url"].as_str().unwrap(), WHOLE),
        200
    );
    assert_eq!(complete(&world, &path(&first)).await.status, 200);
    let arrived = announce(&world, WHOLE, "k").await.body;
    assert_eq!(
        (&arrived["status"], arrived.get("put")),
        (&json!("RECEIVED"), None)
    );
    assert_eq!(
        ask(&world, ALICE, "DELETE", &path(&first), None)
            .await
            .status,
        204
    );
    let deleted = announce(&world, WHOLE, "k").await;
    assert_eq!((deleted.status, kind(&deleted)), (409, "key-in-use"));
}

#[tokio::test]
async fn what_is_wrong_with_an_announcement_is_told_and_nothing_is_kept() {
    let sha256 = Sha256Digest::of(b"").to_string();
    for (body, status, pointer) in [
        (json!({"filename": "a", "size": 10}), 400, Some("/sha256")),
        (json!({"filename": "a", "size": -1}), 400, Some("/size")),
        (json!({"filename": "a", "size": 1.5}), 400, Some("/size")),
        (json!({"filename": "a", "size": "1"}), 400, Some("/size")),
        (
            json!({"filename": "a", "size": 11, "sha256": "x"}),
            400,
            Some("/sha256"),
        ),
        (
            json!({"filename": "a/b", "size": 11}),
            400,
            Some("/filename"),
        ),
        (
            json!({"filename": "a", "size": 1, "content": "x", "sha256": sha256}),
            400,
            Some("/content"),
        ),
        (
            json!({"filename": "a", "content_base64": "x", "content": "x"}),
            400,
            Some("/content"),
        ),
        (
            json!({"filename": "a", "content_base64": "eA"}),
            400,
            Some("/content_base64"),
        ),
        (
            json!({"filename": "a", "content": "x", "sha256": sha256}),
            400,
            None,
        ),
        (json!({"filename": "a", "size": MAX_BYTES + 1}), 413, None),
        (json!({"filename": "a", "size": u64::MAX}), 413, None),
    ] {
        let world = World::default();
        let refused = ask(&world, ALICE, "POST", "/uploads", Some(body.clone())).await;
        assert_eq!(refused.status, status, "{body}");
        assert_eq!(
            refused.body["errors"][0]["pointer"].as_str(),
            pointer,
            "{body}"
        );
        assert!(world.state().rows.is_empty(), "{body}");
    }
}

#[tokio::test]
async fn content_comes_as_text_or_base64_and_is_compared_with_its_checksum() {
    let world = World::default();
    let sha256 = Sha256Digest::of(&[0xff, 0x00]).to_string();
    let body = json!({"filename": "a", "content_base64": "/wA=", "sha256": sha256});
    let taken = ask(&world, ALICE, "POST", "/uploads", Some(body)).await;
    assert_eq!(taken.status, 201);
    let seen = get(&world, &path(&taken)).await.body;
    assert_eq!(
        (&seen["size"], &seen["sha256"]),
        (&json!(2), &json!(sha256))
    );
    assert_eq!(seen["content_type"], "application/octet-stream");
    let body = json!({"filename": "a", "content": "x", "sha256": sha256});
    let refused = ask(&world, ALICE, "POST", "/uploads", Some(body)).await;
    assert_eq!(kind(&refused), "checksum-mismatch");
}

#[tokio::test]
async fn a_full_quota_is_429_with_its_name_and_limit() {
    for (quota, name, limit) in [
        (
            Quota {
                bytes: Some(19),
                open_uploads: None,
            },
            "bytes",
            19,
        ),
        (
            Quota {
                bytes: None,
                open_uploads: Some(1),
            },
            "open_uploads",
            1,
        ),
    ] {
        let world = World::default();
        world.state().quota = quota;
        assert_eq!(announce(&world, WHOLE, "k").await.status, 201);
        let refused = announce(&world, WHOLE, "l").await;
        assert_eq!((refused.status, kind(&refused)), (429, "quota-exceeded"));
        assert_eq!(refused.body["quota"], name);
        assert_eq!(refused.body["limit"], limit);
        assert_eq!(refused.headers["retry-after"], "3600");
    }
}

#[tokio::test]
async fn parts_are_signed_only_while_they_are_awaited() {
    let world = World::default();
    let one = (1, IN_PARTS);
    let in_parts = path(&announce(&world, IN_PARTS, "k").await);
    let whole = path(&announce(&world, WHOLE, "l").await);
    let refused = send_parts(&world, &whole, &[one]).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (409, "not-acceptable-state")
    );
    for number in [0, 2, 10_001, u16::MAX] {
        let refused = send_parts(&world, &in_parts, &[one, (number, b"")]).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/parts/1/number");
    }
    let sha256 = Sha256Digest::of(b"").to_string();
    let many = vec![json!({"number": 1, "sha256": sha256}); 101];
    for (body, pointer) in [
        (json!({}), Some("/parts")),
        (json!({"parts": []}), Some("/parts")),
        (json!({"parts": many}), Some("/parts")),
        (json!({"parts": [{"number": 1}]}), Some("/parts/0/sha256")),
        (
            json!({"parts": [{"number": "1", "sha256": sha256}]}),
            Some("/parts/0/number"),
        ),
        (json!({"parts": [1]}), None),
    ] {
        let refused = ask(
            &world,
            ALICE,
            "POST",
            &format!("{in_parts}/parts"),
            Some(body),
        )
        .await;
        assert_eq!((refused.status, kind(&refused)), (400, "invalid-request"));
        assert_eq!(refused.body["errors"][0]["pointer"].as_str(), pointer);
    }
    assert_eq!(world.state().begun, 0);
    world.pass(std::time::Duration::from_secs(24 * 60 * 60));
    let late = send_parts(&world, &in_parts, &[one]).await;
    assert_eq!((late.status, kind(&late)), (409, "not-acceptable-state"));
}

#[tokio::test]
async fn uploads_are_listed_newest_first_by_page_and_state() {
    let world = World::default();
    let mut ids = Vec::new();
    for number in 0..5 {
        let name = format!("{number}.txt");
        ids.push(upload(&world, &name, "x").await.body["upload_id"].clone());
    }
    let waiting = announce(&world, WHOLE, "k").await.body["upload_id"].clone();
    let listed = |answer: &Answer| -> Vec<Value> {
        let uploads = answer.body["uploads"].as_array().unwrap();
        uploads
            .iter()
            .map(|upload| upload["upload_id"].clone())
            .collect()
    };
    ids.push(waiting.clone());
    ids.reverse();
    let first = page(&world, "/uploads", json!({"limit": "4"})).await;
    assert_eq!(listed(&first), ids[..4]);
    let cursor = first.body["next_cursor"].clone();
    let rest = page(&world, "/uploads", json!({"limit": "4", "cursor": cursor})).await;
    assert_eq!(
        (listed(&rest), rest.body.get("next_cursor")),
        (ids[4..].to_vec(), None)
    );
    let pending = page(&world, "/uploads", json!({"status": "PENDING"})).await;
    assert_eq!(listed(&pending), std::slice::from_ref(&waiting));
    let gone = format!("/uploads/{}", waiting.as_str().unwrap());
    assert_eq!(ask(&world, ALICE, "DELETE", &gone, None).await.status, 204);
    assert_eq!(listed(&get(&world, "/uploads").await), ids[1..]);
    for query in [
        json!({"status": "DELETED"}),
        json!({"limit": "0"}),
        json!({"cursor": "x"}),
    ] {
        assert_eq!(page(&world, "/uploads", query).await.status, 400);
    }
    let theirs = ask(&world, MALLORY, "GET", "/uploads", None).await;
    assert_eq!(theirs.body, json!({"uploads": []}));
}

#[tokio::test]
async fn a_failed_upload_is_processed_again_and_others_are_not() {
    let world = World::default();
    let taken = upload(&world, "a.txt", "x").await;
    let retry = format!("{}/retry", path(&taken));
    let again = ask(&world, ALICE, "POST", &retry, None).await;
    assert_eq!(
        (again.status, &again.body["status"]),
        (202, &json!("RECEIVED"))
    );
    assert_eq!(world.state().stream.len(), 1);
    {
        let mut state = world.state();
        let row = state.rows.values_mut().next().unwrap();
        let failed = row.fail(row.updated_at, "no reason").unwrap();
        *row = failed;
    }
    let again = ask(&world, ALICE, "POST", &retry, None).await;
    assert_eq!(
        (again.status, &again.body["status"]),
        (202, &json!("RECEIVED"))
    );
    assert_eq!(world.state().stream.len(), 2);
    assert_eq!(deliver(&world, &on_stream(&world)).await, None);
    let done = ask(&world, ALICE, "POST", &retry, None).await;
    assert_eq!((done.status, kind(&done)), (409, "not-acceptable-state"));
}

#[tokio::test]
async fn a_deleted_upload_is_gone_for_every_route() {
    let world = World::default();
    let path = path(&announce(&world, IN_PARTS, "k").await);
    send_parts(&world, &path, &[(1, IN_PARTS)]).await;
    let deleted = ask(&world, ALICE, "DELETE", &path, None).await;
    assert_eq!((deleted.status, deleted.body), (204, Value::Null));
    assert!(world.state().multipart.is_empty());
    assert_is_nothing(&world, ALICE, &path).await;
    world.assert_counts();
}

#[tokio::test]
async fn no_route_opens_anything_of_another() {
    let world = World::default();
    for (body, key) in [(WHOLE, "k"), (IN_PARTS, "l")] {
        let path = path(&announce(&world, body, key).await);
        assert_is_nothing(&world, MALLORY, &path).await;
    }
}

/// Asserts that every route of one upload answers as for an id that was never given out.
async fn assert_is_nothing(world: &World, sub: &str, path: &str) {
    let rows = world.state().rows.clone();
    let (_, id) = path.rsplit_once('/').unwrap();
    let sha256 = Sha256Digest::of(IN_PARTS).to_string();
    let body = json!({"parts": [{"number": 1, "sha256": sha256}]});
    let mut details = BTreeSet::new();
    for (method, pattern, _) in ROUTES {
        if !pattern.contains("{upload_id}") {
            continue;
        }
        for id in [id, "019a0000-0000-7000-8000-000000000000", "x"] {
            let path = pattern.replace("{upload_id}", id);
            let refused = ask(world, sub, method.as_str(), &path, Some(body.clone())).await;
            assert_eq!(
                (refused.status, kind(&refused)),
                (404, "not-found"),
                "{method} {path}"
            );
            details.insert(refused.body["detail"].to_string());
        }
    }
    assert_eq!(details.len(), 1);
    assert_eq!(rows, world.state().rows);
}
