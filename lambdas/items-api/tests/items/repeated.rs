//! A request that is repeated with its `Idempotency-Key` creates one item.

use function_kit::testing::Fault;

use crate::world::{ALICE, Answer, BOB, World};

const BODY: &str = r#"{"name":"mine","n":1}"#;

async fn post(world: &World, sub: &str, key: &str, body: &str) -> Answer {
    let headers = [("idempotency-key", key)];
    let sent = world.send_with(Some(sub), "POST", "/items", body, &headers);
    sent.await
}

#[tokio::test]
async fn a_repeated_request_is_answered_with_its_first_item() {
    let world = World::default();
    let first = post(&world, ALICE, "\"k\"", BODY).await;
    let again = post(&world, ALICE, "k", BODY).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.text, again.text);
    assert_eq!(first.headers, again.headers);
    let other_key = post(&world, ALICE, "l", BODY).await;
    let other_owner = post(&world, BOB, "k", BODY).await;
    assert_ne!(first.id(), other_key.id());
    assert_ne!(first.id(), other_owner.id());
    assert_eq!(world.count(), 3);
}

#[tokio::test]
async fn a_key_stands_for_one_body_whatever_becomes_of_the_item() {
    let world = World::default();
    let id = post(&world, ALICE, "k", BODY).await.id();
    let target = format!("/items/{id}");
    let other = r#"{"name":"mine","n":2}"#;
    assert_eq!(post(&world, ALICE, "k", other).await.status, 422);
    world.send(Some(ALICE), "PUT", &target, other).await;
    let again = post(&world, ALICE, "k", BODY).await;
    assert_eq!((again.status, &again.body()["item"]["n"]), (201, &2.into()));
    world.send(Some(ALICE), "DELETE", &target, "").await;
    assert_eq!(post(&world, ALICE, "k", BODY).await.status, 409);
    assert_eq!(world.count(), 0);
}

#[tokio::test]
async fn a_lost_answer_is_found_again() {
    for fault in [Fault::Refused, Fault::AnswerLost] {
        let world = World::default();
        world.break_call(0, fault);
        assert_eq!(post(&world, ALICE, "k", BODY).await.status, 503);
        assert_eq!(post(&world, ALICE, "k", BODY).await.status, 201);
        assert_eq!(world.count(), 1);
    }
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let world = World::default();
    for key in ["", "a b", &"a".repeat(256)] {
        assert_eq!(post(&world, ALICE, key, BODY).await.status, 400, "{key}");
    }
    assert_eq!(world.count(), 0);
}
