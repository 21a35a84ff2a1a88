//! How the bytes arrive: by one PUT, or in parts.

use super::*;

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
async fn a_request_for_parts_outlives_a_look_at_its_upload() {
    let world = World::default();
    let announced = announce(&world, IN_PARTS, "k").await;
    world.state().is_overtaken = true;
    let signed = send_parts(&world, &path(&announced), &[(1, IN_PARTS)]).await;
    assert_eq!(signed.status, 200, "{:?}", signed.body);
    assert_eq!(world.state().multipart.len(), 1);
    assert_eq!(complete(&world, &path(&announced)).await.status, 200);
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
