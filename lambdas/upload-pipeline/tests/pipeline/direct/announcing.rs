//! What an announcement has to say, and what a repeated one is.

use super::*;

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
