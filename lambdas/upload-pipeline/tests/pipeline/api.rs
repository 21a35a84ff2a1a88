//! What clients are answered.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use function_kit::testing::Fault;
use proptest::prelude::*;
use serde_json::json;
use upload_pipeline::api::MAX_CONTENT_BYTES;
use upload_pipeline::domain::Location;
use upload_pipeline::ports::PortErrorKind;

use crate::requests::{ALICE, answer, event, post, status_of, upload};
use crate::world::{UPLOADS, World};

#[tokio::test]
async fn an_upload_is_stored_announced_and_acknowledged() {
    let world = World::default();
    let answer = upload(&world, "Ma\u{308}rz.txt", "hello kinesis").await;
    assert_eq!(answer.status, 201);
    let id = answer.body["upload_id"].as_str().unwrap().to_owned();
    let key = format!("uploads/{ALICE}/{id}/M\u{e4}rz.txt");
    assert_eq!(
        answer.body,
        json!({
            "message": "File uploaded and event sent",
            "file_key": key,
            "upload_id": id,
            "s3": {"bucket": UPLOADS, "key": key},
        })
    );
    assert_eq!(answer.headers["location"], format!("/uploads/{id}"));
    {
        let state = world.state();
        let place = Location {
            bucket: UPLOADS.to_owned(),
            key: key.clone(),
        };
        assert_eq!(state.objects[&place].body, b"hello kinesis"[..]);
        let record: serde_json::Value = serde_json::from_slice(&state.stream[0]).unwrap();
        assert_eq!(
            record,
            json!({
                "version": 1, "upload_id": id, "owner": ALICE, "object_version": "1",
            })
        );
    }
    let seen = status_of(&world, &json!(id)).await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.body["status"], "RECEIVED");
    assert_eq!(seen.body["filename"], "M\u{e4}rz.txt");
    assert_eq!(seen.body["size"], 13);
    assert_eq!(
        seen.body["sha256"],
        "51d7bc9825cdc1cef98c3e52f6f104ce6dff5fb627ec10a28522efd4b9710261"
    );
    assert_eq!(seen.body["created_at"], "1970-01-01T00:00:00.000Z");
}

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    let world = World::default();
    let id = upload(&world, "a", "").await.body["upload_id"].clone();
    let path = format!("/uploads/{}", id.as_str().unwrap());
    let stranger = answer(&world, event("GET", &path, Some("mallory"), None)).await;
    let nobodys = "/uploads/019a0000-0000-7000-8000-000000000000";
    let unknown = answer(&world, event("GET", nobodys, Some(ALICE), None)).await;
    assert_eq!((stranger.status, stranger.body), (404, unknown.body));
}

#[tokio::test]
async fn what_a_client_sends_wrong_is_a_problem_and_stores_nothing() {
    let too_much = "x".repeat(MAX_CONTENT_BYTES + 1);
    let long_name = json!({"filename": "a".repeat(300), "content": ""}).to_string();
    let too_much = json!({"filename": "a", "content": too_much}).to_string();
    let deep = format!(r#"{{"filename":{}"#, "[".repeat(100_000));
    for (body, status, pointer) in [
        ("", 400, None),
        ("hello", 400, None),
        ("{", 400, None),
        ("null", 400, None),
        (r#"["a.txt","content",null]"#, 400, None),
        (r#"{"filename":"a","filename":"b","content":""}"#, 400, None),
        (r#"{"filename":"\ud800","content":""}"#, 400, None),
        (&deep, 400, None),
        ("{}", 400, Some("/filename")),
        (r#"{"content":"x"}"#, 400, Some("/filename")),
        (r#"{"filename":7,"content":"x"}"#, 400, Some("/filename")),
        (
            r#"{"filename":"../x","content":"x"}"#,
            400,
            Some("/filename"),
        ),
        (
            r#"{"filename":"a\u0000b","content":"x"}"#,
            400,
            Some("/filename"),
        ),
        (
            r#"{"filename":"...","content":"x"}"#,
            400,
            Some("/filename"),
        ),
        (
            r#"{"filename":"a\u202eb","content":"x"}"#,
            400,
            Some("/filename"),
        ),
        (&long_name, 400, Some("/filename")),
        (r#"{"filename":"a"}"#, 400, Some("/content")),
        (r#"{"filename":"a","content":{}}"#, 400, Some("/content")),
        (
            r#"{"filename":"a","content":"","content_type":"x"}"#,
            400,
            Some("/content_type"),
        ),
        (&too_much, 413, None),
    ] {
        let world = World::default();
        let answer = post(&world, body).await;
        let shown = &body[..body.len().min(60)];
        assert_eq!(answer.status, status, "{shown}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.body["status"], status, "{shown}");
        assert_eq!(answer.body["instance"], "JKJaXmPLvHcESHA=");
        assert!(!answer.body["detail"].as_str().unwrap().is_empty());
        assert_eq!(
            answer.body["errors"][0]["pointer"].as_str(),
            pointer,
            "{shown}"
        );
        assert!(answer.body.to_string().len() < 2_000, "{shown}");
        assert!(world.state().objects.is_empty(), "{shown}");
    }
}

#[tokio::test]
async fn every_mistake_in_a_body_is_told_at_once() {
    let answer = post(&World::default(), r#"{"filename":"a/b","content_type":1}"#).await;
    let errors = answer.body["errors"].as_array().unwrap();
    let pointers: Vec<_> = errors
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/filename", "/content", "/content_type"]);
}

#[tokio::test]
async fn the_largest_content_and_unknown_members_are_taken() {
    let world = World::default();
    let content = "x".repeat(MAX_CONTENT_BYTES);
    let body = json!({"filename": "a", "content": content, "content_type": "text/csv", "more": 1});
    assert_eq!(post(&world, &body.to_string()).await.status, 201);
}

/// S3 refuses to write the object again, since the try whose answer was lost has written it.
#[tokio::test]
async fn an_upload_whose_first_answer_was_lost_is_acknowledged() {
    let world = World::default();
    world.state().answers_get_lost = true;
    let answer = upload(&world, "a.txt", "x").await;
    assert_eq!(answer.status, 201);
    assert_eq!(world.state().objects.len(), 1);
    let seen = status_of(&world, &answer.body["upload_id"]).await.body;
    assert_eq!(
        (&seen["status"], &seen["size"]),
        (&json!("RECEIVED"), &json!(1))
    );
}

#[tokio::test]
async fn a_body_in_base64_is_decoded() {
    let world = World::default();
    let body = BASE64_STANDARD.encode(r#"{"filename":"a","content":"ä"}"#);
    let mut encoded = event("POST", "/uploads", Some(ALICE), Some(&body));
    encoded["isBase64Encoded"] = json!(true);
    assert_eq!(answer(&world, encoded.clone()).await.status, 201);
    encoded["body"] = json!("!");
    assert_eq!(answer(&world, encoded).await.status, 400);
}

#[tokio::test]
async fn routes_methods_and_callers_are_told_apart() {
    let both = Some("POST, GET");
    let one = Some("GET, DELETE");
    for (method, path, sub, status, allow) in [
        ("GET", "/", Some(ALICE), 404, None),
        ("POST", "/uploads/", Some(ALICE), 404, None),
        ("GET", "/uploads/a/b", Some(ALICE), 404, None),
        ("GET", "/uploads/%2e%2e", Some(ALICE), 404, None),
        ("DELETE", "/uploads", Some(ALICE), 405, both),
        ("PUT", "/uploads/x", Some(ALICE), 405, one),
        ("GET", "/uploads/x/complete", Some(ALICE), 405, Some("POST")),
        ("POST", "/uploads", None, 401, None),
        ("POST", "/uploads", Some(""), 401, None),
        ("GET", "/uploads/x", None, 401, None),
        ("POST", "/uploads", Some("../alice"), 403, None),
    ] {
        let world = World::default();
        let answer = answer(&world, event(method, path, sub, Some("{}"))).await;
        assert_eq!(answer.status, status, "{method} {path}");
        let allowed = answer.headers.get("allow").map(|a| a.to_str().unwrap());
        assert_eq!(allowed, allow, "{method} {path}");
    }
}

#[tokio::test]
async fn a_stage_in_the_path_is_no_part_of_the_route() {
    let body = r#"{"filename":"a","content":""}"#;
    let mut staged = event("POST", "/dev/uploads", Some(ALICE), Some(body));
    staged["requestContext"]["stage"] = json!("dev");
    assert_eq!(answer(&World::default(), staged.clone()).await.status, 201);
    staged["rawPath"] = json!("/developers/uploads");
    assert_eq!(answer(&World::default(), staged).await.status, 404);
}

#[tokio::test]
async fn another_media_type_is_refused_by_name() {
    for (media_type, status) in [
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
        ("application/json; charset=utf-8", 201),
        ("Application/JSON", 201),
        ("application/vnd.upload+json", 201),
    ] {
        let body = r#"{"filename":"a","content":""}"#;
        let mut event = event("POST", "/uploads", Some(ALICE), Some(body));
        event["headers"] = json!({"content-type": media_type});
        let answer = answer(&World::default(), event).await;
        assert_eq!(answer.status, status, "{media_type}");
    }
}

#[tokio::test]
async fn a_busy_service_is_503_and_a_broken_one_500_without_internals() {
    for (kind, status) in [(PortErrorKind::Busy, 503), (PortErrorKind::Broken, 500)] {
        for call in 0..4 {
            let world = World::default();
            world.fail_with(kind);
            world.break_call(call, Fault::Refused);
            let answer = upload(&world, "a", "").await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.headers.contains_key("retry-after"), status == 503);
            assert!(
                !answer.body.to_string().contains("secret"),
                "{:?}",
                answer.body
            );
            // Whoever may have been stored can be asked for.
            let id = &answer.body["upload_id"];
            assert_eq!(id.is_string(), call > 0);
            if call > 0 {
                let status = if call == 3 { "RECEIVED" } else { "PENDING" };
                assert_eq!(status_of(&world, id).await.body["status"], status);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_body_makes_the_function_fail(body in "\\PC{0,60}|[\\[\\]{}\",:a-z0-9\\\\]{0,40}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = World::default();
        let answer = runtime.block_on(post(&world, &body));
        prop_assert!((400..500).contains(&answer.status), "{} {body}", answer.status);
        prop_assert!(world.state().objects.is_empty());
    }

    #[test]
    fn a_file_name_is_taken_or_refused_and_never_breaks_out(name in any::<String>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = World::default();
        let answer = runtime.block_on(upload(&world, &name, ""));
        let state = world.state();
        match answer.status {
            201 => {
                let key = &state.objects.keys().next().unwrap().key;
                let prefix = format!("uploads/{ALICE}/");
                prop_assert!(key.starts_with(&prefix));
                prop_assert_eq!(key.split('/').count(), 4);
            }
            400 => prop_assert!(state.objects.is_empty()),
            other => prop_assert!(false, "{}", other),
        }
    }
}
