//! What is in a queue.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sandbox::cancel;
use serde_json::Value;

use crate::deployment::Deployment;

/// Takes what is in the queue now, at most ten messages, whose bodies are JSON.
pub fn receive(deployment: &Deployment, url: &str) -> Result<Vec<Value>> {
    let clients = deployment.clients();
    let request = clients
        .sqs
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(10);
    let mut bodies = Vec::new();
    for message in clients.wait(request.send())?.messages.unwrap_or_default() {
        bodies.push(serde_json::from_str(message.body().unwrap_or_default())?);
        let handle = message
            .receipt_handle
            .context("a message has a receipt handle")?;
        let delete = clients
            .sqs
            .delete_message()
            .queue_url(url)
            .receipt_handle(handle);
        clients.wait(delete.send())?;
    }
    Ok(bodies)
}

/// Waits for exactly `count` messages and takes them off the queue.
pub fn take(
    deployment: &Deployment,
    url: &str,
    count: usize,
    patience: Duration,
) -> Result<Vec<Value>> {
    let mut bodies = Vec::new();
    cancel::poll(patience, || {
        bodies.append(&mut receive(deployment, url)?);
        Ok((bodies.len() >= count).then_some(()))
    })?;
    ensure!(
        bodies.len() == count,
        "expected {count} messages in {url}: {bodies:#?}"
    );
    Ok(bodies)
}
