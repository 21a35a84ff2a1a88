//! Uploads that a client sends to S3 itself.

use acceptance_tests::{
    answers::ensure_problem,
    deployment::Deployment,
    uploader::{Arrival, Signed, Ticket, Uploader, Way, sha256},
};
use anyhow::{Context, Result, bail, ensure};
use sandbox::{http::Client, objects};
use serde_json::{Value, json};

use crate::observe::processed;

const BYTES: &[u8] = b"straight to s3";

/// One byte more than the example's limit for a single PUT, `multipart_above_bytes`.
const LARGE: usize = (16 << 20) + 1;

fn uploader(deployment: &Deployment) -> Result<Uploader> {
    let token = &deployment.user()?.access;
    Uploader::new(
        deployment.address(),
        deployment.output("api_endpoint")?,
        token,
    )
}

fn ensure_refused(uploader: &Uploader, what: &str, signed: &Signed, bytes: &[u8]) -> Result<()> {
    let arrival = uploader.put(signed, bytes)?;
    ensure!(arrival == Arrival::Refused, "S3 took {what}");
    Ok(())
}

fn announce(uploader: &Uploader, key: &str) -> Result<(Ticket, Signed)> {
    let size = BYTES.len() as u64;
    let ticket = uploader.announce(key, "direct.txt", size, Some(&sha256(BYTES)))?;
    match ticket.way.clone() {
        Way::Put(signed) => Ok((ticket, signed)),
        Way::Parts { .. } => bail!("a small upload is to come in parts: {ticket:?}"),
    }
}

/// S3 refuses another length, content, type or key, and takes what was announced once. The upload is
/// processed, and its owner fetches the result.
pub fn a_signed_put_takes_what_was_announced_alone(deployment: &Deployment) -> Result<()> {
    let uploader = uploader(deployment)?;
    let (ticket, signed) = announce(&uploader, "direct-put")?;
    ensure_refused(&uploader, "another length", &signed, b"straight to s3!")?;
    ensure_refused(&uploader, "another content", &signed, b"straight to S3")?;
    for (name, value) in [
        ("content-type", "text/html"),
        (
            "x-amz-checksum-sha256",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        ("if-none-match", "x"),
    ] {
        let mut other = signed.clone();
        let header = other.headers.iter_mut().find(|(known, _)| known == name);
        header
            .with_context(|| format!("{name} is not to be sent"))?
            .1 = value.to_owned();
        ensure_refused(&uploader, &format!("another {name}"), &other, BYTES)?;
        let mut without = signed.clone();
        without.headers.retain(|(known, _)| known != name);
        ensure_refused(&uploader, &format!("no {name}"), &without, BYTES)?;
    }
    let mut elsewhere = signed.clone();
    elsewhere.url = signed.url.replace("direct.txt", "other.txt");
    ensure_refused(&uploader, "another key", &elsewhere, BYTES)?;

    ensure!(uploader.put_once(&signed, BYTES)?.status == 200);
    ensure!(uploader.put_once(&signed, BYTES)?.status == 412);
    let text = processed(deployment, &ticket.file_key)?;
    ensure!(text == "STRAIGHT TO S3", "processed to {text:?}");
    let fetched = fetch(deployment, &uploader.look(&ticket.id)?, "original")?;
    ensure!(fetched == "straight to s3", "fetched {fetched:?}");
    Ok(())
}

fn fetch(deployment: &Deployment, upload: &Value, which: &str) -> Result<String> {
    let url = upload["download"][which].as_str();
    let url = url.with_context(|| format!("no address of the {which}: {upload}"))?;
    let client = Client::of(deployment.address())?;
    let other = client.get(&url.replace("direct.txt", "other.txt"))?;
    ensure!(other.status == 403, "another key: {}", other.status);
    let answer = client.get(url)?;
    ensure!(answer.status == 200, "{}: {}", answer.status, answer.body);
    Ok(answer.body)
}

/// Parts arrive in any order, are listed, and are joined once all are there.
pub fn an_upload_in_parts_is_resumed_and_joined(deployment: &Deployment) -> Result<()> {
    let uploader = uploader(deployment)?;
    let bytes = vec![b'x'; LARGE];
    let ticket = uploader.announce("direct-parts", "large.txt", LARGE as u64, None)?;
    let Way::Parts { part_size, parts } = ticket.way else {
        bail!("a large upload is to come at once: {ticket:?}");
    };
    let chunks: Vec<_> = bytes.chunks(usize::try_from(part_size)?).collect();
    ensure!(chunks.len() == usize::from(parts), "{ticket:?}");
    let last = *chunks.last().context("no parts")?;
    let signed = uploader.sign_parts(&ticket.id, &[(parts, sha256(last))])?;
    let signed = signed.first().context("no URL for the part")?;
    ensure_refused(&uploader, "a part of another length", signed, b"xx")?;
    ensure_refused(&uploader, "a part of another content", signed, b"y")?;
    uploader.send_part(&ticket.id, parts, last)?;

    let complete = format!("/uploads/{}/complete", ticket.id);
    let early = uploader.once("POST", &complete, None, None)?;
    ensure_problem(&early, 409)?;
    ensure!(early.json()?["missing"] == json!([1, 2]), "{}", early.body);
    ensure!(uploader.arrived(&ticket.id)? == [parts].into());
    for (number, chunk) in (1..parts).zip(&chunks) {
        uploader.send_part(&ticket.id, number, chunk)?;
    }
    uploader.complete(&ticket.id)?;
    uploader.complete(&ticket.id)?;
    let text = processed(deployment, &ticket.file_key)?;
    ensure!(text == "X".repeat(LARGE), "{} bytes came out", text.len());
    Ok(())
}

/// Whoever deletes an upload deletes every version of its objects, and its route.
pub fn a_deleted_upload_leaves_no_version(deployment: &Deployment) -> Result<()> {
    let uploader = uploader(deployment)?;
    let (ticket, signed) = announce(&uploader, "direct-deleted")?;
    ensure!(uploader.put(&signed, BYTES)? == Arrival::Arrived);
    let text = processed(deployment, &ticket.file_key)?;
    ensure!(text == "STRAIGHT TO S3", "processed to {text:?}");
    uploader.delete(&ticket.id)?;
    let path = format!("/uploads/{}", ticket.id);
    ensure_problem(&uploader.once("GET", &path, None, None)?, 404)?;
    let (uploads, results) = ("uploads_bucket", "processed_bucket");
    let result = objects::processed_key(&ticket.file_key);
    for (bucket, key) in [(uploads, &ticket.file_key), (results, &result)] {
        let clients = deployment.clients();
        let versions = clients.s3.list_object_versions();
        let versions = versions.bucket(deployment.output(bucket)?).prefix(key);
        let left = clients.wait(versions.send())?;
        let left = left.versions().len() + left.delete_markers().len();
        ensure!(left == 0, "{left} versions of {key} are left");
    }
    Ok(())
}
