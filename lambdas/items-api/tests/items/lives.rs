//! An item from its creation to its end.

use function_kit::PortErrorKind;

use crate::world::{ALICE, Answer, BOB, World};

async fn at(world: &World, sub: &str, method: &str, id: &str, body: &str) -> Answer {
    let target = format!("/items/{id}");
    world.send(Some(sub), method, &target, body).await
}

#[tokio::test]
async fn an_item_is_created_read_replaced_and_deleted() {
    let world = World::default();
    let created = world.post(r#"{"name":"chair","legs":4}"#).await;
    let id = created.id();
    assert_eq!(created.status, 201);
    assert_eq!(created.headers["location"], format!("items/{id}"));
    assert_eq!(created.body()["message"], "Item created");
    assert_eq!(created.body()["item"]["legs"], 4);
    let timestamp = &created.body()["item"]["timestamp"];
    assert!(timestamp.as_str().unwrap().ends_with('Z'), "{timestamp}");

    let read = at(&world, ALICE, "GET", &id, "").await;
    assert_eq!((read.status, &read.text), (200, &created.created()));

    let replaced = at(&world, ALICE, "PUT", &id, r#"{"name":"table"}"#).await;
    let expected = format!(r#"{{"id":"{id}","name":"table","timestamp":{timestamp}}}"#);
    assert_eq!((replaced.status, replaced.text), (200, expected.clone()));
    assert_eq!(at(&world, ALICE, "GET", &id, "").await.text, expected);

    let deleted = at(&world, ALICE, "DELETE", &id, "").await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert!(world.count() == 0);
}

#[tokio::test]
async fn what_was_read_can_be_sent_back_and_nothing_else_in_its_place() {
    let world = World::default();
    let created = world.post(r#"{"name":"a"}"#).await;
    let (id, text) = (created.id(), &created.created());
    assert_eq!(&at(&world, ALICE, "PUT", &id, text).await.text, text);

    let other = r#"{"name":"a","id":"x"}"#;
    for answer in [
        at(&world, ALICE, "PUT", &id, other).await,
        world.post(other).await,
    ] {
        assert_eq!(answer.status, 400);
        let places: Vec<String> = answer
            .errors()
            .into_iter()
            .map(|(place, _)| place)
            .collect();
        assert_eq!(places, ["/id"]);
    }
    assert_eq!(&at(&world, ALICE, "GET", &id, "").await.text, text);
    assert_eq!(world.count(), 1);
}

#[tokio::test]
async fn a_timestamp_of_the_client_s_is_overwritten_and_a_missing_name_filled_in() {
    let world = World::default();
    let created = world
        .post(r#"{"timestamp":"2020-01-01T00:00:00Z","legs":4}"#)
        .await;
    assert_eq!(created.status, 201, "{}", created.text);
    let item = created.body()["item"].clone();
    assert_eq!(item["name"], "Unnamed");
    assert_ne!(item["timestamp"], "2020-01-01T00:00:00Z");
    let replaced = at(&world, ALICE, "PUT", &created.id(), r#"{"timestamp":[1]}"#).await;
    assert_eq!(replaced.body()["timestamp"], item["timestamp"]);
}

#[tokio::test]
async fn what_is_not_there_or_anothers_is_not_found_and_not_touched() {
    let world = World::default();
    let id = world.post(r#"{"name":"mine"}"#).await.id();
    for method in ["GET", "PUT", "DELETE"] {
        for (sub, id) in [
            (BOB, id.as_str()),
            (ALICE, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
            (ALICE, "not-an-id"),
            (ALICE, ""),
        ] {
            let answer = at(&world, sub, method, id, r#"{"name":"x"}"#).await;
            assert_eq!(answer.status, 404, "{method} {sub} {id}");
        }
    }
    let bobs = world.send(Some(BOB), "GET", "/items", "").await;
    assert_eq!(bobs.text, r#"{"items":[]}"#);
    assert_eq!(
        at(&world, ALICE, "GET", &id, "").await.body()["name"],
        "mine"
    );
    assert_eq!(world.count(), 1);
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let world = World::default();
    for (method, target, allowed) in [
        ("PATCH", "/items", "GET, POST"),
        ("DELETE", "/items", "GET, POST"),
        ("POST", "/items/1", "GET, PUT, DELETE"),
        ("HEAD", "/items/1", "GET, PUT, DELETE"),
    ] {
        let answer = world.send(Some(ALICE), method, target, "").await;
        assert_eq!(answer.status, 405, "{method} {target}");
        assert_eq!(answer.headers["allow"], allowed);
    }
    assert_eq!(world.get("/nothing").await.status, 404);
    assert_eq!(world.get("/items/1/2").await.status, 404);
}

#[tokio::test]
async fn nobody_is_asked_to_sign_in() {
    let world = World::default();
    for (method, target) in [
        ("GET", "/items"),
        ("POST", "/items"),
        ("DELETE", "/items/1"),
    ] {
        let answer = world.send(None, method, target, r#"{"name":"x"}"#).await;
        assert_eq!(answer.status, 401, "{method}");
    }
    assert!(world.count() == 0);
}

#[tokio::test]
async fn a_failing_table_is_not_the_clients_fault_nor_its_business() {
    for (kind, status) in [(PortErrorKind::Busy, 503), (PortErrorKind::Broken, 500)] {
        let world = World::default();
        let id = world.post(r#"{"name":"x"}"#).await.id();
        world.break_all(kind);
        for answer in [
            world.post(r#"{"name":"y"}"#).await,
            world.get("/items").await,
            at(&world, ALICE, "GET", &id, "").await,
            at(&world, ALICE, "PUT", &id, r#"{"name":"y"}"#).await,
            at(&world, ALICE, "DELETE", &id, "").await,
        ] {
            assert_eq!(answer.status, status);
            assert!(!answer.text.contains("secret"), "{}", answer.text);
        }
    }
}
