//! What a body may hold, and what becomes of its numbers.

use items_api::api::MAX_BODY_BYTES;

use crate::world::World;

#[tokio::test]
async fn numbers_come_back_with_all_their_digits() {
    let world = World::default();
    let numbers = r#""large":12345678901234567890123456789012345678,"long":0.12345678901234567890123456789012345678,"nested":[{"id":9007199254740993}]"#;
    let created = world.post(&format!(r#"{{"name":"n",{numbers}}}"#)).await;
    assert_eq!(created.status, 201);
    assert!(created.text.contains(numbers), "{}", created.text);
    let read = world.get(&format!("/items/{}", created.id())).await;
    assert_eq!(read.text, created.created());
}

#[tokio::test]
async fn each_mistake_is_told_in_its_place() {
    let world = World::default();
    let many = "1".repeat(39);
    for (body, expected) in [
        (r#"{"name":1}"#, vec![("/name", "string")]),
        (r#"{"name":null}"#, vec![("/name", "string")]),
        (r#"{"name":"  "}"#, vec![("/name", "blank")]),
        (r#"{"name":"a","name":"b"}"#, vec![("/name", "twice")]),
        (r#"{"name":"a\ud800"}"#, vec![("/name", "string")]),
        (
            &format!(r#"{{"name":"","price":{{"net":[0,{many}]}}}}"#),
            vec![("/name", "blank"), ("/price/net/1", "38")],
        ),
        (r#"{"name":"a","b":1e999}"#, vec![("/b", "9.9E+125")]),
    ] {
        let answer = world.post(body).await;
        assert_eq!(answer.status, 400, "{body}");
        let errors = answer.errors();
        assert_eq!(errors.len(), expected.len(), "{body}: {errors:?}");
        for ((place, detail), (expected_place, word)) in errors.iter().zip(expected) {
            assert_eq!(place, expected_place, "{body}");
            assert!(detail.contains(word), "{body}: {detail}");
        }
    }
    assert!(world.count() == 0);
}

#[tokio::test]
async fn what_is_no_object_is_refused() {
    let world = World::default();
    let nested = format!(r#"{{"name":"a","b":{}"#, "[".repeat(100_000));
    for body in [
        "",
        "[]",
        "1",
        "name=a",
        r#"{"name":"a""#,
        r#"{"name":"a"} x"#,
        &nested,
    ] {
        assert_eq!(world.post(body).await.status, 400, "{body:.40}");
    }
    assert!(world.count() == 0);
}

#[tokio::test]
async fn a_body_has_at_most_that_many_bytes() {
    let world = World::default();
    let body = |length: usize| {
        let rest = r#"{"name":"a","b":""}"#.len();
        format!(r#"{{"name":"a","b":"{}"}}"#, "x".repeat(length - rest))
    };
    assert_eq!(world.post(&body(MAX_BODY_BYTES)).await.status, 201);
    assert_eq!(world.post(&body(MAX_BODY_BYTES + 1)).await.status, 413);
    assert_eq!(world.count(), 1);
}
