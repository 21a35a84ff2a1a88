//! A client that changes only what it has seen: `ETag` and `If-Match` (RFC 9110).

use items_api::domain::Version;

use crate::world::{ALICE, Answer, World};

const BODY: &str = r#"{"name":"mine"}"#;

async fn send(world: &World, method: &str, id: &str, if_match: &str) -> Answer {
    let target = format!("/items/{id}");
    let headers = [("if-match", if_match)];
    let sent = world.send_with(Some(ALICE), method, &target, BODY, &headers);
    sent.await
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_change_of_an_item_gives_it_another_tag() {
    let world = World::default();
    let created = world.post(BODY).await;
    let id = created.id();
    let read = world.get(&format!("/items/{id}")).await;
    assert_eq!(tag(&created), tag(&read));
    let replaced = send(&world, "PUT", &id, "*").await;
    assert_eq!(replaced.status, 200);
    assert_ne!(tag(&replaced), tag(&created));
}

#[tokio::test]
async fn who_has_seen_another_version_changes_nothing() {
    let world = World::default();
    let created = world.post(BODY).await;
    let (id, seen) = (created.id(), tag(&created));
    let weak = format!("W/{seen}");
    for method in ["PUT", "DELETE"] {
        for other in ["\"0\"", &weak, "\"a\", \"b\""] {
            let answer = send(&world, method, &id, other).await;
            assert_eq!(answer.status, 412, "{method} {other}");
            assert_eq!(answer.body()["status"], 412);
        }
        assert_eq!(send(&world, method, &id, "not a tag").await.status, 400);
    }
    assert_eq!(tag(&world.get(&format!("/items/{id}")).await), seen);

    let list = format!("\"other\", {seen}");
    let replaced = send(&world, "PUT", &id, &list).await;
    assert_eq!(replaced.status, 200);
    assert_eq!(send(&world, "DELETE", &id, &seen).await.status, 412);
    assert_eq!(
        send(&world, "DELETE", &id, &tag(&replaced)).await.status,
        204
    );
    assert_eq!(world.count(), 0);
}

/// RFC 9110, section 13.2.1: a precondition is ignored where the answer without it is an error.
#[tokio::test]
async fn what_does_not_exist_is_not_found_whatever_is_expected_of_it() {
    let world = World::default();
    let id = world.post(BODY).await.id();
    assert_eq!(send(&world, "DELETE", &id, "*").await.status, 204);
    for if_match in ["*", "\"0\""] {
        for method in ["PUT", "DELETE"] {
            let answer = send(&world, method, &id, if_match).await;
            assert_eq!(answer.status, 404, "{method} {if_match}");
        }
    }
}

#[tokio::test]
async fn an_item_from_before_there_were_tags_has_one() {
    let world = World::default();
    let id = world.post(BODY).await.id();
    for row in world.state().rows.values_mut() {
        row.version = Version::of_mark(None);
    }
    let seen = tag(&world.get(&format!("/items/{id}")).await);
    assert_eq!(send(&world, "PUT", &id, &seen).await.status, 200);
    assert_eq!(send(&world, "PUT", &id, &seen).await.status, 412);
}
