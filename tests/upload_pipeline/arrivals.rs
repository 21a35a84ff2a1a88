//! What S3's event starts, and who hears of an upload.

use std::collections::BTreeSet;

use acceptance_tests::{
    deployment::Deployment,
    queues,
    uploader::{Arrival, Uploader, Way, sha256},
};
use anyhow::{Context, Result, bail, ensure};
use aws_sdk_eventbridge::types::Target;
use aws_sdk_sqs::types::QueueAttributeName;
use sandbox::cancel;

use crate::observe::{PATIENCE, processed};

/// Name of the rule and of the queue of the system that listens.
const LISTENER: &str = "listener";

/// An announced upload whose client dies after its PUT is processed: S3 tells EventBridge, whose
/// rule invokes the receiver's alias. A rule of somebody else's on the pipeline's bus hears of it.
pub fn an_upload_whose_client_dies_after_its_put_is_processed(
    deployment: &Deployment,
) -> Result<()> {
    let queue = listen(deployment)?;
    let token = &deployment.user()?.access;
    let client = Uploader::new(
        deployment.address(),
        deployment.output("api_endpoint")?,
        token,
    )?;
    let bytes = b"nobody completes this";
    let size = bytes.len() as u64;
    let ticket = client.announce("dies", "orphan.txt", size, Some(&sha256(bytes)))?;
    let Way::Put(signed) = &ticket.way else {
        bail!("{size} bytes are to be sent in parts");
    };
    ensure!(
        client.put(signed, bytes)? == Arrival::Arrived,
        "S3 refused the file"
    );

    let text = processed(deployment, &ticket.file_key)?;
    ensure!(text == "NOBODY COMPLETES THIS", "processed to {text:?}");
    let mut heard = BTreeSet::new();
    cancel::poll(PATIENCE, || {
        for event in queues::receive(deployment, &queue)? {
            if event["detail"]["upload_id"] == ticket.id.as_str() {
                heard.insert(event["detail-type"].as_str().map(str::to_owned));
            }
        }
        Ok((heard.len() >= 2).then_some(()))
    })?;
    let expected = ["UploadProcessed", "UploadReceived"].map(|kind| Some(kind.to_owned()));
    ensure!(heard == BTreeSet::from(expected), "heard of {heard:?}");
    leave(deployment, &queue)
}

/// Has a queue hear of all uploads; returns its address.
fn listen(deployment: &Deployment) -> Result<String> {
    let clients = deployment.clients();
    let bus = deployment.output("event_bus_name")?;
    clients.wait(async {
        let create = clients.sqs.create_queue().queue_name(LISTENER);
        let url = create.send().await?.queue_url;
        let url = url.context("a queue has an address")?;
        let attributes = clients.sqs.get_queue_attributes().queue_url(&url);
        let attributes = attributes.attribute_names(QueueAttributeName::QueueArn);
        let attributes = attributes.send().await?.attributes.unwrap_or_default();
        let arn = attributes.get(&QueueAttributeName::QueueArn);
        let rule = clients.eventbridge.put_rule();
        rule.name(LISTENER)
            .event_bus_name(bus)
            .event_pattern(r#"{"source": ["rustlambda.uploads"]}"#)
            .send()
            .await?;
        let target = Target::builder()
            .id(LISTENER)
            .arn(arn.context("a queue has an ARN")?)
            .build()?;
        let targets = clients.eventbridge.put_targets().rule(LISTENER);
        let put = targets.event_bus_name(bus).targets(target).send().await?;
        ensure!(put.failed_entry_count() == 0, "the rule has no target");
        Ok(url)
    })
}

/// Removes rule and queue, which the pipeline's own bus and the account would otherwise keep.
fn leave(deployment: &Deployment, queue: &str) -> Result<()> {
    let clients = deployment.clients();
    let bus = deployment.output("event_bus_name")?;
    clients.wait(async {
        let targets = clients.eventbridge.remove_targets().rule(LISTENER);
        targets.event_bus_name(bus).ids(LISTENER).send().await?;
        let rule = clients.eventbridge.delete_rule().name(LISTENER);
        rule.event_bus_name(bus).send().await?;
        clients.sqs.delete_queue().queue_url(queue).send().await?;
        Ok(())
    })
}
