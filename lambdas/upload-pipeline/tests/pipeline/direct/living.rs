//! What an owner does with uploads, and what nobody else can.

use super::*;

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
