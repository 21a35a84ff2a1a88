//! Dead letters that `cargo xtask redrive` puts back.

use std::{path::PathBuf, process::Command, time::Duration};

use acceptance_tests::{
    deployment::Deployment,
    queues,
    soak::{self, Rows},
    uploader::Uploader,
};
use anyhow::{Context, Result, ensure};
use aws_sdk_kinesis::types::{Record, ShardIteratorType};
use sandbox::{cancel, cargo, process, project::Project};
use serde_json::{Value, json};

/// How long the pipeline may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A message that is neither.
const FOREIGN: &str = r#"{"note": "somebody else's message"}"#;

/// The function's letter has its upload processed once more; Lambda's message brings the records that
/// it is about on the stream again; a message of neither kind stays. Each is deleted only when it
/// was put back, and a dry run changes nothing.
pub fn dead_letters_are_put_back(deployment: &Deployment) -> Result<()> {
    drain(deployment)?;
    let tokens = deployment.new_user("letters@example.com")?;
    let endpoint = deployment.output("api_endpoint")?;
    let user = Uploader::new(deployment.address(), endpoint, &tokens.access)?;
    let (good, _) = user.inline("letter-good", "good.txt", "good")?;
    let (record, shard) = record_of(deployment, &good)?;
    let failed = fail_an_upload(deployment, &user)?;
    let letter = queues::take(deployment, queue(deployment)?, 1, PATIENCE)?.remove(0);
    ensure!(
        letter["upload_id"] == failed.as_str(),
        "another's letter: {letter}"
    );
    for body in [
        letter.to_string(),
        of_lambda(deployment, &record, &shard)?,
        FOREIGN.to_owned(),
    ] {
        send(deployment, &body)?;
    }

    let said = redrive(deployment, &["--dry-run"])?;
    ensure!(
        said.contains("2 put back, 0 done already, 1 left"),
        "{said}"
    );
    ensure!(
        waiting(deployment)? == 3,
        "the dry run has changed the queue"
    );
    ensure!(
        count(deployment, &good)? == 1,
        "the dry run has put a record"
    );

    let said = redrive(deployment, &[])?;
    ensure!(
        said.contains("2 put back, 0 done already, 1 left"),
        "{said}"
    );
    ensure!(
        count(deployment, &good)? == 2,
        "the batch's record is not on the stream again"
    );
    // It fails once more, and says so in a letter of another record.
    let mut left = queues::take(deployment, queue(deployment)?, 2, PATIENCE)?;
    let foreign = left.iter().position(|it| it["note"].is_string());
    left.remove(foreign.with_context(|| format!("the foreign message is gone: {left:#?}"))?);
    ensure!(left[0]["upload_id"] == failed.as_str(), "{left:#?}");
    ensure!(
        left[0]["sequence_number"] != letter["sequence_number"],
        "the letter came back unprocessed: {left:#?}"
    );
    Ok(())
}

/// Uploads bytes that the processor refuses for good: they are not UTF-8.
fn fail_an_upload(deployment: &Deployment, user: &Uploader) -> Result<String> {
    let body =
        json!({"filename": "bad.txt", "content_base64": "/w==", "content_type": "text/plain"});
    let answer = user.insist("POST", "/uploads", Some("letter-bad"), Some(&body))?;
    ensure!(answer.status == 201, "{}: {}", answer.status, answer.body);
    let id = answer.json()?["upload_id"].as_str().map(str::to_owned);
    let id = id.context("the answer names no upload_id")?;
    let failed = cancel::poll(PATIENCE, || {
        let rows = Rows::read(deployment)?;
        let row = rows.uploads.get(&id);
        Ok(row.is_some_and(|row| row.status == "FAILED").then_some(()))
    })?;
    failed.context("bytes that are not UTF-8 did not fail")?;
    Ok(id)
}

fn queue(deployment: &Deployment) -> Result<&str> {
    deployment.output("dead_letter_queue_url")
}

fn send(deployment: &Deployment, body: &str) -> Result<()> {
    let clients = deployment.clients();
    let request = clients.sqs.send_message().queue_url(queue(deployment)?);
    clients.wait(request.message_body(body).send())?;
    Ok(())
}

/// How many messages are visible.
fn waiting(deployment: &Deployment) -> Result<usize> {
    let (clients, name) = (
        deployment.clients(),
        aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages,
    );
    let request = clients
        .sqs
        .get_queue_attributes()
        .queue_url(queue(deployment)?);
    let answer = clients.wait(request.attribute_names(name.clone()).send())?;
    let count = answer.attributes().and_then(|all| all.get(&name));
    Ok(count.context("no count")?.parse()?)
}

/// An invocation record for Lambda's on-failure destination, as AWS describes it ("Retain discarded
/// batch records for a Kinesis Data Streams event source in Lambda"): the embedded AWS sends none.
fn of_lambda(deployment: &Deployment, record: &Record, shard: &str) -> Result<String> {
    let clients = deployment.clients();
    let described = clients.kinesis.describe_stream_summary();
    let described = described.stream_name(deployment.output("stream_name")?);
    let described = clients.wait(described.send())?.stream_description_summary;
    let stream = described.context("no stream")?.stream_arn;
    let message = json!({
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-4cd3-af9c-0c604cde93a5",
            "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:upload-processor",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1,
        },
        "responseContext": {
            "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": "2026-01-14T00:38:06.021Z",
        "KinesisBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": record.sequence_number(),
            "endSequenceNumber": record.sequence_number(),
            "approximateArrivalOfFirstRecord": "2026-01-14T00:38:04.835Z",
            "approximateArrivalOfLastRecord": "2026-01-14T00:38:05.580Z",
            "batchSize": 1,
            "streamArn": stream,
        },
    });
    Ok(message.to_string())
}

/// The first record of an upload, and its shard.
fn record_of(deployment: &Deployment, id: &str) -> Result<(Record, String)> {
    let found = cancel::poll(PATIENCE, || {
        Ok(records_of(deployment, id)?.into_iter().next())
    })?;
    found.with_context(|| format!("no record of {id}"))
}

fn count(deployment: &Deployment, id: &str) -> Result<usize> {
    Ok(records_of(deployment, id)?.len())
}

fn records_of(deployment: &Deployment, id: &str) -> Result<Vec<(Record, String)>> {
    let (clients, stream) = (deployment.clients(), deployment.output("stream_name")?);
    let kinesis = &clients.kinesis;
    let mut found = Vec::new();
    let shards = clients.wait(kinesis.list_shards().stream_name(stream).send())?;
    for shard in shards.shards() {
        let request = kinesis.get_shard_iterator().stream_name(stream);
        let request = request.shard_id(shard.shard_id());
        let request = request.shard_iterator_type(ShardIteratorType::TrimHorizon);
        let mut iterator = clients.wait(request.send())?.shard_iterator;
        while let Some(from) = iterator {
            let page = clients.wait(kinesis.get_records().shard_iterator(from).send())?;
            // At the end of an open shard there is always another iterator.
            iterator = page
                .next_shard_iterator
                .filter(|_| !page.records.is_empty());
            let of_upload = |record: &Record| {
                let record: Option<Value> = serde_json::from_slice(record.data().as_ref()).ok();
                record.is_some_and(|record| record["upload_id"] == id)
            };
            let records = page.records.into_iter().filter(of_upload);
            found.extend(records.map(|record| (record, shard.shard_id().to_owned())));
        }
    }
    Ok(found)
}

/// Runs the program as `cargo xtask redrive` does, with the environment of the embedded AWS.
fn redrive(deployment: &Deployment, arguments: &[&str]) -> Result<String> {
    let project = Project::find()?;
    let mut command = Command::new(program(&project)?);
    command
        .args(["--queue-url", queue(deployment)?])
        .args(["--table", deployment.output("uploads_table")?])
        .args(["--stream", deployment.output("stream_name")?])
        .args(arguments);
    deployment.address().apply_to(&mut command, &project);
    let finished = process::run(&mut command, &project.log("test-redrive"), |_| {})?;
    Ok(finished.success("upload-redrive")?.stdout)
}

/// Builds the program together with this test, whose dependencies are compiled with the features
/// that it needs: alone, it would compile the AWS SDKs again.
fn program(project: &Project) -> Result<PathBuf> {
    let build = [
        "build",
        "--workspace",
        "--bin",
        "upload-redrive",
        "--test",
        "soak",
    ];
    let built = cargo::run(
        project,
        "test-redrive-build",
        &build,
        &sandbox::quiet,
        |_| {},
    )?;
    built.success("cargo build")?;
    Ok(project.target().join("debug").join("upload-redrive"))
}

/// Waits until the queue holds nothing of earlier scenarios.
fn drain(deployment: &Deployment) -> Result<()> {
    let marker = soak::marker(deployment)?;
    soak::wait_for_marker(deployment, &marker, PATIENCE)?;
    Ok(())
}
