//! A listener on the bus, of the tests' own: what it hears is what any other application would.

use acceptance_tests::{deployment::Deployment, queues};
use anyhow::{Context, Result};
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
use aws_sdk_sqs::types::QueueAttributeName;
use sandbox::cancel;
use serde_json::{Value, json};

use crate::shop::{PATIENCE, Placed};

const NAME: &str = "listener";

/// Hears every event of the order system, until it is stopped.
pub struct Listener<'a> {
    deployment: &'a Deployment,
    queue: String,
}

impl<'a> Listener<'a> {
    pub fn start(deployment: &'a Deployment) -> Result<Self> {
        let clients = deployment.clients();
        let bus = deployment.output("event_bus_name")?;
        let (sqs, events) = (&clients.sqs, &clients.eventbridge);
        let created = clients.wait(sqs.create_queue().queue_name(NAME).send())?;
        let queue = created.queue_url.context("the queue has no address")?;
        let request = sqs
            .get_queue_attributes()
            .queue_url(&queue)
            .attribute_names(QueueAttributeName::QueueArn);
        let attributes = clients.wait(request.send())?.attributes.unwrap_or_default();
        let arn = attributes
            .get(&QueueAttributeName::QueueArn)
            .context("the queue has no ARN")?;
        let rule = events
            .put_rule()
            .name(NAME)
            .event_bus_name(bus)
            .event_pattern(json!({"source": ["order-system"]}).to_string());
        clients.wait(rule.send())?;
        let target = Target::builder().id(NAME).arn(arn).build()?;
        let targets = events.put_targets().rule(NAME).event_bus_name(bus);
        clients.wait(targets.targets(target).send())?;
        Ok(Self { deployment, queue })
    }

    /// Waits for an event of that type whose detail is wanted.
    pub fn wait_for(&self, detail_type: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let heard = cancel::poll(PATIENCE, || {
            let events = queues::receive(self.deployment, &self.queue)?;
            Ok(events
                .into_iter()
                .find(|event| event["detail-type"] == detail_type && wanted(&event["detail"])))
        })?;
        heard.with_context(|| format!("no {detail_type} was announced"))
    }

    /// Takes rule and queue away.
    pub fn stop(self) -> Result<()> {
        let clients = self.deployment.clients();
        let bus = self.deployment.output("event_bus_name")?;
        let (sqs, events) = (&clients.sqs, &clients.eventbridge);
        let targets = events.remove_targets().rule(NAME).event_bus_name(bus);
        clients.wait(targets.ids(NAME).send())?;
        clients.wait(events.delete_rule().name(NAME).event_bus_name(bus).send())?;
        clients.wait(sqs.delete_queue().queue_url(&self.queue).send())?;
        Ok(())
    }
}

/// Announces an order once more.
pub fn announce(deployment: &Deployment, placed: &Placed) -> Result<()> {
    let clients = deployment.clients();
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(deployment.output("event_bus_name")?)
        .source("order-system")
        .detail_type("OrderCreated")
        .detail(placed.key().to_string())
        .build();
    clients.wait(clients.eventbridge.put_events().entries(entry).send())?;
    Ok(())
}
