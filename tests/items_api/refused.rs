//! What a signed-in client may not send.

use acceptance_tests::{answers::ensure_problem, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::client::{Person, rows};

/// Each is answered 4xx with a problem that says what is wrong and where, and nothing is kept.
pub fn refused_bodies_keep_nothing(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "bad@example.com")?.session()?;
    let id = session.create(r#"{"name":"good"}"#)?;
    let before = rows(deployment)?;
    let long = "1".repeat(39);
    for (name, body, status, pointer) in [
        ("empty", String::new(), 400, None),
        ("not JSON", "name=a".to_owned(), 400, None),
        ("cut off", r#"{"name":"a""#.to_owned(), 400, None),
        ("an array", r#"["a"]"#.to_owned(), 400, None),
        (
            "a blank name",
            r#"{"name":" "}"#.to_owned(),
            400,
            Some("/name"),
        ),
        (
            "a number for a name",
            r#"{"name":7}"#.to_owned(),
            400,
            Some("/name"),
        ),
        (
            "a lone surrogate",
            r#"{"name":"a","b":["\ud800"]}"#.to_owned(),
            400,
            Some("/b/0"),
        ),
        (
            "39 digits",
            format!(r#"{{"name":"a","b":{{"c":{long}}}}}"#),
            400,
            Some("/b/c"),
        ),
        (
            "a huge number",
            r#"{"name":"a","b":1e126}"#.to_owned(),
            400,
            Some("/b"),
        ),
        (
            "an id of one's own",
            r#"{"name":"a","id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f"}"#.to_owned(),
            400,
            Some("/id"),
        ),
        (
            "too large",
            format!(r#"{{"name":"a","b":"{}"}}"#, "x".repeat(256 * 1024)),
            413,
            None,
        ),
    ] {
        for answer in [session.post(&body)?, session.put(&id, &body)?] {
            let problem = ensure_problem(&answer, status).context(name)?;
            let place = problem["errors"][0]["pointer"].as_str();
            ensure!(place == pointer, "{name}: {problem}");
        }
    }
    let form = session.post_as("application/x-www-form-urlencoded", "name=a")?;
    ensure_problem(&form, 415)?;

    ensure!(rows(deployment)? == before, "a refused item was kept");
    let kept = session.get(&format!("/items/{id}"))?.json()?;
    ensure!(kept["name"] == "good", "{kept}");
    ensure!(session.delete(&id)?.status == 204);
    Ok(())
}

/// 405 says in `Allow` which methods there are; a path that the API lacks is 404.
pub fn other_methods_and_paths_are_refused(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "odd@example.com")?.session()?;
    for (method, path, allowed) in [
        ("PUT", "/items", "GET, POST"),
        ("PATCH", "/items", "GET, POST"),
        ("DELETE", "/items", "GET, POST"),
        ("POST", "/items/1", "GET, PUT, DELETE"),
        ("PATCH", "/items/1", "GET, PUT, DELETE"),
        ("OPTIONS", "/items/1", "GET, PUT, DELETE"),
    ] {
        let answer = session.send(method, path, Some("{}"))?;
        ensure_problem(&answer, 405).with_context(|| format!("{method} {path}"))?;
        ensure!(
            answer.header("allow") == allowed,
            "{method} {path}: {answer:?}"
        );
    }
    // The former two are API Gateway's own answers, the latter is the function's.
    for path in ["/nothing", "/items/1/2", "/items/not-an-id"] {
        let problem = ensure_problem(&session.get(path)?, 404).context(path)?;
        ensure!(problem["instance"] != Value::Null, "{problem}");
    }
    Ok(())
}
