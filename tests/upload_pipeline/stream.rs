//! What comes off the stream: records that are no use, and records that come twice.

use std::collections::BTreeSet;

use acceptance_tests::{answers::ensure_problem, deployment::Deployment, permissions, queues};
use anyhow::{Result, bail, ensure};
use aws_sdk_kinesis::{primitives::Blob, types::PutRecordsRequestEntry};
use sandbox::objects;
use serde_json::{Value, json};

use crate::observe::{PATIENCE, processed, upload_body};

/// Bad records, in front of a good one in the same shard, end in the dead letter queue with
/// their reasons; the good one is processed.
///
/// The good one is that of an upload whose record could not be put: upload-api answered
/// 5xx, the object and its row stayed, and somebody puts the record later.
pub fn bad_records_do_not_block_the_stream(deployment: &Deployment) -> Result<()> {
    let stranded = strand_an_upload(deployment)?;
    // They name an upload of their own: a record that says which upload it is about, and is
    // no use, makes that upload FAILED.
    let another = |field: &str, value: Value| {
        let mut record = stranded.record.clone();
        record["upload_id"] = json!("01890a5d-ac96-774b-bcce-b302099a8057");
        record[field] = value;
        record.to_string().into_bytes()
    };
    let bad = [
        b"this is not JSON".to_vec(),
        vec![0xff, 0x00, 0xfe],
        another("version", json!(99)),
        another("object_version", json!(7)),
        another(
            "a_field_of_the_future",
            json!("of an upload that nobody knows"),
        ),
    ];
    let records = bad.iter().cloned().chain([stranded.bytes()]);
    put_records(deployment, records.collect())?;

    let text = processed(deployment, &stranded.key)?;
    ensure!(text == "AT LAST", "processed to {text:?}");
    let letters = dead_letters(deployment, bad.len())?;
    for letter in &letters {
        let reason = letter["reason"].as_str().unwrap_or_default();
        ensure!(
            !reason.is_empty(),
            "a dead letter without a reason: {letter}"
        );
        ensure!(
            letter["sequence_number"].is_string(),
            "a dead letter without its place: {letter}"
        );
    }
    let reasons: BTreeSet<_> = letters
        .iter()
        .map(|letter| letter["reason"].to_string())
        .collect();
    ensure!(
        reasons.len() >= 4,
        "the reasons do not tell the records apart: {reasons:?}"
    );
    ensure!(
        reasons.iter().any(|reason| reason.contains("99")),
        "no reason names 99: {reasons:?}"
    );
    Ok(())
}

/// The same record three times makes one version of the result.
pub fn a_record_delivered_twice_has_one_effect(deployment: &Deployment) -> Result<()> {
    let stranded = strand_an_upload(deployment)?;
    let marker = b"the marker behind the copies".to_vec();
    put_records(
        deployment,
        vec![
            stranded.bytes(),
            stranded.bytes(),
            stranded.bytes(),
            marker.clone(),
        ],
    )?;
    processed(deployment, &stranded.key)?;
    // The marker is no record; once it is in the queue, the copies before it were handled.
    let letters = dead_letters(deployment, 1)?;
    ensure!(
        letters[0]["data"].as_str().map(str::as_bytes) == Some(&marker[..]),
        "{letters:?}"
    );

    let (clients, key) = (deployment.clients(), objects::processed_key(&stranded.key));
    let bucket = deployment.output("processed_bucket")?;
    let request = clients
        .s3
        .list_object_versions()
        .bucket(bucket)
        .prefix(&key);
    let versions = clients.wait(request.send())?.versions.unwrap_or_default();
    ensure!(versions.len() == 1, "{key} has {} versions", versions.len());
    Ok(())
}

/// An upload that was stored and is not on the stream, with the record that it should have.
struct Stranded {
    key: String,
    record: Value,
}

impl Stranded {
    fn bytes(&self) -> Vec<u8> {
        self.record.to_string().into_bytes()
    }
}

fn strand_an_upload(deployment: &Deployment) -> Result<Stranded> {
    let (api, token) = (deployment.api()?, &deployment.user()?.access);
    let before = object_versions(deployment)?;
    let body = upload_body("stranded.txt", "at last");
    let answer = permissions::without(deployment, "upload-api", "kinesis:PutRecord", || {
        api.post("/uploads", Some(token), &body)
    })?;
    ensure_problem(&answer, 500)?;
    let added: Vec<_> = object_versions(deployment)?
        .difference(&before)
        .cloned()
        .collect();
    let [(key, version)] = added.as_slice() else {
        bail!("expected one new object: {added:?}")
    };
    let parts: Vec<&str> = key.split('/').collect();
    let ["uploads", owner, upload_id, _] = parts[..] else {
        bail!("an unexpected key: {key}")
    };
    let record = json!({
        "version": 1,
        "upload_id": upload_id,
        "owner": owner,
        "object_version": version,
        "a_field_of_the_future": {"is": "ignored"},
    });
    Ok(Stranded {
        key: key.clone(),
        record,
    })
}

fn object_versions(deployment: &Deployment) -> Result<BTreeSet<(String, String)>> {
    let clients = deployment.clients();
    let bucket = deployment.output("uploads_bucket")?;
    let listed = clients.wait(clients.s3.list_object_versions().bucket(bucket).send())?;
    let versions = listed.versions.unwrap_or_default().into_iter();
    Ok(versions
        .filter_map(|object| Some((object.key?, object.version_id?)))
        .collect())
}

/// Puts all of them into one shard, in this order.
fn put_records(deployment: &Deployment, records: Vec<Vec<u8>>) -> Result<()> {
    let entry = |data: Vec<u8>| {
        PutRecordsRequestEntry::builder()
            .data(Blob::new(data))
            .partition_key("one-shard")
            .build()
    };
    let entries = records
        .into_iter()
        .map(entry)
        .collect::<Result<Vec<_>, _>>()?;
    let clients = deployment.clients();
    let stream = deployment.output("stream_name")?;
    let request = clients
        .kinesis
        .put_records()
        .stream_name(stream)
        .set_records(Some(entries));
    let answer = clients.wait(request.send())?;
    ensure!(answer.failed_record_count.unwrap_or(0) == 0, "{answer:?}");
    Ok(())
}

/// Takes exactly `count` messages off the dead letter queue.
fn dead_letters(deployment: &Deployment, count: usize) -> Result<Vec<Value>> {
    let queue = deployment.output("dead_letter_queue_url")?;
    queues::take(deployment, queue, count, PATIENCE)
}
