//! What an accepted upload becomes.

use acceptance_tests::{answers::ensure_problem, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use sandbox::{cancel, objects};

use crate::observe::{PATIENCE, file_key, processed, upload_body};

/// The largest content that upload-api takes, in bytes of UTF-8.
pub const MAX_CONTENT_BYTES: usize = 2 * 1024 * 1024;

/// The access token and the id token are both accepted, and the answer is complete.
pub fn both_tokens_upload(deployment: &Deployment) -> Result<()> {
    let tokens = deployment.user()?;
    for token in [&tokens.access, &tokens.id] {
        let body = upload_body("hello.txt", "hello kinesis");
        let answer = deployment.api()?.post("/uploads", Some(token), &body)?;
        let key = file_key(&answer)?;
        let json = answer.json()?;
        ensure!(json["message"] == "File uploaded and event sent", "{json}");
        ensure!(
            json["s3"]["bucket"] == deployment.output("uploads_bucket")?,
            "{json}"
        );
        ensure!(json["s3"]["key"] == key.as_str(), "{json}");
        let id = json["upload_id"]
            .as_str()
            .context("the answer names no upload_id")?;
        ensure!(
            key.ends_with(&format!("/{id}/hello.txt")),
            "{key} does not hold {id}"
        );

        let text = processed(deployment, &key)?;
        ensure!(text == "HELLO KINESIS", "processed to {text:?}");
        let bucket = deployment.output("uploads_bucket")?;
        let original = objects::read(deployment.address(), bucket, &key)?;
        ensure!(
            original.as_deref() == Some("hello kinesis"),
            "stored as {original:?}"
        );
    }
    Ok(())
}

/// A text of exactly the limit comes out whole. Its letters triple when upper-cased, which makes
/// the result a multipart upload.
pub fn text_of_the_largest_size_is_processed(deployment: &Deployment) -> Result<()> {
    let content = format!("x{}x", "ΐ".repeat(MAX_CONTENT_BYTES / "ΐ".len() - 1));
    ensure!(content.len() == MAX_CONTENT_BYTES, "{}", content.len());
    let (api, token) = (deployment.api()?, &deployment.user()?.access);
    let answer = api.post("/uploads", Some(token), &upload_body("large.txt", &content))?;
    let key = file_key(&answer)?;
    let text = processed(deployment, &key)?;
    ensure!(
        text == content.to_uppercase(),
        "{} bytes came out",
        text.len()
    );
    let (clients, key) = (deployment.clients(), objects::processed_key(&key));
    let bucket = deployment.output("processed_bucket")?;
    let head = clients.wait(clients.s3.head_object().bucket(bucket).key(key).send())?;
    let tag = head.e_tag.unwrap_or_default();
    ensure!(tag.contains("-2"), "not of two parts: {tag}");
    ensure!(
        head.content_disposition.as_deref() == Some("attachment"),
        "{:?}",
        head.content_disposition
    );
    Ok(())
}

/// The owner follows the upload to PROCESSED; anybody else is told that there is none.
pub fn an_upload_is_seen_by_its_owner_alone(deployment: &Deployment) -> Result<()> {
    let api = deployment.api()?;
    let owner = &deployment.user()?.access;
    let answer = api.post("/uploads", Some(owner), &upload_body("mine.txt", "mine"))?;
    file_key(&answer)?;
    let path = format!(
        "/uploads/{}",
        answer.json()?["upload_id"].as_str().unwrap_or_default()
    );

    let seen = cancel::poll(PATIENCE, || {
        let seen = api.get(&path, Some(owner))?;
        ensure!(
            seen.status == 200,
            "expected 200, got {}: {}",
            seen.status,
            seen.body
        );
        let seen = seen.json()?;
        Ok((seen["status"] == "PROCESSED").then_some(seen))
    })?
    .context("the upload did not become PROCESSED")?;
    ensure!(seen["filename"] == "mine.txt", "{seen}");

    let stranger = deployment.new_user("bob@example.com")?;
    ensure_problem(&api.get(&path, Some(&stranger.access))?, 404)?;
    let anonymous = api.get(&path, None)?;
    ensure!(
        anonymous.status == 401,
        "expected 401, got {}",
        anonymous.status
    );
    Ok(())
}
