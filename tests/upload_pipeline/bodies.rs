//! What a signed-in client may not send.

use acceptance_tests::{answers::ensure_problem, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{
    observe::{Stored, upload_body},
    uploads::MAX_CONTENT_BYTES,
};

/// Each is answered 4xx with a problem that says what is wrong, and nothing is stored.
pub fn refused_bodies_store_nothing(deployment: &Deployment) -> Result<()> {
    let api = deployment.api()?;
    let token = deployment.user()?.access.as_str();
    let before = Stored::count(deployment)?;
    for (name, status, body) in malformed().into_iter().chain(bad_names()) {
        let answer = api.post("/uploads", Some(token), &body)?;
        ensure_problem(&answer, status).with_context(|| name.to_owned())?;
    }
    ensure!(
        Stored::count(deployment)? == before,
        "a refused upload was stored"
    );
    Ok(())
}

type Case = (&'static str, u16, Vec<u8>);

/// Bytes that are not UTF-8 are not among them: AWS hands those to the function as base64,
/// which its own tests cover, and the embedded API Gateway replaces them beforehand.
fn malformed() -> Vec<Case> {
    let json = |value: serde_json::Value| value.to_string().into_bytes();
    vec![
        ("empty", 400, Vec::new()),
        ("not JSON", 400, b"filename=a.txt".to_vec()),
        (
            "cut off",
            400,
            br#"{"filename":"a.txt","content":"#.to_vec(),
        ),
        ("an array", 400, json(json!(["a.txt", "text"]))),
        ("no filename", 400, json(json!({"content": "text"}))),
        (
            "filename a number",
            400,
            json(json!({"filename": 7, "content": "text"})),
        ),
        ("no content", 400, json(json!({"filename": "a.txt"}))),
        (
            "content null",
            400,
            json(json!({"filename": "a.txt", "content": null})),
        ),
        (
            "a lone surrogate",
            400,
            br#"{"filename":"a\ud800.txt","content":"text"}"#.to_vec(),
        ),
        (
            "too large",
            413,
            upload_body("a.txt", &"x".repeat(MAX_CONTENT_BYTES + 1)),
        ),
    ]
}

fn bad_names() -> Vec<Case> {
    let long = "a".repeat(300);
    let names = [
        ("parent folder", "../secret.txt"),
        ("parent folder inside", "a/../../secret.txt"),
        ("absolute", "/etc/passwd"),
        ("backslashes", "..\\secret.txt"),
        ("NUL", "a\0.txt"),
        ("line end", "a\n.txt"),
        ("one dot", "."),
        ("two dots", ".."),
        ("only dots", "....."),
        ("nothing", ""),
        ("white space", "   "),
        ("300 characters", &long),
        ("right-to-left override", "invoice\u{202e}txt.exe"),
        ("zero-width space", "a\u{200b}b.txt"),
        ("full-width slash", "a\u{ff0f}b.txt"),
        ("division slash", "a\u{2215}b.txt"),
        ("byte order mark", "\u{feff}a.txt"),
    ];
    names
        .iter()
        .map(|(name, filename)| (*name, 400, upload_body(filename, "text")))
        .collect()
}

/// An unknown path is 404, another method on a known one 405 that says which are allowed.
pub fn refused_methods_and_paths(deployment: &Deployment) -> Result<()> {
    let api = deployment.api()?;
    let token = Some(deployment.user()?.access.as_str());
    let before = Stored::count(deployment)?;
    ensure_problem(&api.get("/uploads/no-such-upload", token)?, 404)?;
    for (method, path) in [
        ("DELETE", "/uploads"),
        ("PUT", "/uploads"),
        ("PATCH", "/uploads/x"),
    ] {
        let answer = api.send(method, path, token, None)?;
        ensure!(
            matches!(answer.status, 404 | 405),
            "{method} {path}: expected 404 or 405, got {}: {}",
            answer.status,
            answer.body
        );
    }
    let elsewhere = api.get("/elsewhere", token)?;
    ensure!(
        elsewhere.status == 404,
        "expected 404, got {}",
        elsewhere.status
    );
    ensure!(
        Stored::count(deployment)? == before,
        "a refused request stored something"
    );
    Ok(())
}
