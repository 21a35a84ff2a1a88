//! Functions that fail: for a while, and for good.

use acceptance_tests::{deployment::Deployment, permissions, queues};
use anyhow::{Context, Result, bail, ensure};
use aws_sdk_lambda::types::FunctionResponseType;
use aws_sdk_sqs::types::QueueAttributeName;
use sandbox::cancel;
use serde_json::{Value, json};

use crate::{
    delivery::{end_of, failed_tries},
    shop::{PATIENCE, Placed, Shop},
    tables::{ensure_nothing_waits, notification, payment, queue, queue_attributes, stock},
};

/// A task that fails until it has a permission back is tried until then, and is done once.
pub fn a_task_that_fails_for_a_while_is_tried_again(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "keyboard")?;
    let placed = permissions::without(
        deployment,
        "update-inventory",
        "dynamodb:UpdateItem",
        || {
            let placed = shop.place("free", &[("keyboard", 1)])?;
            let failed = cancel::poll(PATIENCE, || {
                Ok((failed_tries(deployment, &placed.order_id)? > 0).then_some(()))
            })?;
            failed.context("the task did not fail without its permission")?;
            Ok(placed)
        },
    )?;
    shop.wait_for(&placed, "CONFIRMED")?;
    let (status, error) = end_of(deployment, &placed.order_id)?;
    ensure!(status == "SUCCEEDED", "{status} {error:?}");
    let paid = payment(deployment, &placed)?;
    ensure!(paid == Some(("CHARGED".to_owned(), 4_900)), "{paid:?}");
    ensure!(stock(deployment, "keyboard")? == before - 1);
    ensure_nothing_waits(deployment)
}

/// update-inventory dies whenever it is started, after the payment: it is tried four times, the
/// payment is given back, the order ends, and the queue has what was not done.
pub fn a_function_that_dies_is_compensated(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "keyboard")?;
    let placed = with_handler(deployment, "update-inventory", "nobody", || {
        let placed = shop.place("free", &[("keyboard", 1)])?;
        shop.wait_for(&placed, "CANCELLED")?;
        Ok(placed)
    })?;
    let order = shop.order(&placed)?;
    let reason = order["reason"].as_str().unwrap_or_default();
    ensure!(reason == "the order could not be processed", "{order}");
    let refunded = payment(deployment, &placed)?;
    ensure!(
        refunded == Some(("REFUNDED".to_owned(), 4_900)),
        "{refunded:?}"
    );
    ensure!(stock(deployment, "keyboard")? == before);
    ensure!(notification(deployment, &placed)?.is_none());

    let (status, error) = end_of(deployment, &placed.order_id)?;
    ensure!(
        (status.as_str(), error.as_deref()) == ("FAILED", Some("OrderNotProcessed")),
        "{status} {error:?}"
    );
    let tries = failed_tries(deployment, &placed.order_id)?;
    ensure!(tries == 4, "the task was tried {tries} times");
    unfinished(deployment, &placed)?;

    // Alive again, it does its work.
    let placed = shop.place("free", &[("keyboard", 1)])?;
    shop.wait_for(&placed, "CONFIRMED")?;
    ensure_nothing_waits(deployment)
}

/// A confirmed order whose user cannot be told stays confirmed; that nobody was told is in the
/// queue.
pub fn a_notification_that_fails_undoes_nothing(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "keyboard")?;
    let placed = permissions::without(deployment, "send-notification", "dynamodb:PutItem", || {
        let placed = shop.place("free", &[("keyboard", 1)])?;
        shop.wait_for(&placed, "CONFIRMED")?;
        end_of(deployment, &placed.order_id)?;
        Ok(placed)
    })?;
    let (status, error) = end_of(deployment, &placed.order_id)?;
    ensure!(
        (status.as_str(), error.as_deref()) == ("FAILED", Some("Broken")),
        "{status} {error:?}"
    );
    let paid = payment(deployment, &placed)?;
    ensure!(paid == Some(("CHARGED".to_owned(), 4_900)), "{paid:?}");
    ensure!(stock(deployment, "keyboard")? == before - 1);
    ensure!(notification(deployment, &placed)?.is_none());
    ensure!(shop.order(&placed)?["status"] == "CONFIRMED");
    unfinished(deployment, &placed)?;
    ensure_nothing_waits(deployment)
}

/// Each queue keeps for 14 days what could not be done. Each stream tells of new rows alone, whose
/// functions answer for them one by one, and what Lambda gives up goes to such a queue.
pub fn what_could_not_be_done_is_kept(deployment: &Deployment) -> Result<()> {
    for name in ["unannounced", "unstarted", "unfinished"] {
        let attributes = queue_attributes(deployment, queue(deployment, name)?)?;
        let seconds = attributes.get(&QueueAttributeName::MessageRetentionPeriod);
        ensure!(
            seconds.is_some_and(|seconds| seconds == "1209600"),
            "{name} keeps its messages {seconds:?} s"
        );
    }
    // A message keeps its age when it is moved to `unstarted`, where it has to last longer.
    let order_created = queue_attributes(deployment, queue(deployment, "order_created")?)?;
    let seconds = order_created.get(&QueueAttributeName::MessageRetentionPeriod);
    ensure!(
        seconds.is_some_and(|seconds| seconds == "345600"),
        "order_created keeps its messages {seconds:?} s"
    );
    let unannounced = queue_attributes(deployment, queue(deployment, "unannounced")?)?;
    let clients = deployment.clients();
    for function in ["users-stream", "orders-stream"] {
        let request = clients
            .lambda
            .list_event_source_mappings()
            .function_name(deployment.function(function, "function_name")?);
        let mappings = clients.wait(request.send())?;
        let [source] = mappings.event_source_mappings() else {
            bail!("{function} has not one source: {mappings:?}");
        };
        let filters = source.filter_criteria().map(|criteria| criteria.filters());
        let [filter] = filters.unwrap_or_default() else {
            bail!("{function} is told of everything: {source:?}");
        };
        let pattern: Value = serde_json::from_str(filter.pattern().unwrap_or_default())?;
        ensure!(pattern["eventName"] == json!(["INSERT"]), "{pattern}");
        let answers = source.function_response_types();
        ensure!(
            answers == [FunctionResponseType::ReportBatchItemFailures],
            "{source:?}"
        );
        let destination = source.destination_config().and_then(|to| to.on_failure());
        let destination = destination.and_then(|failed| failed.destination());
        let arn = unannounced.get(&QueueAttributeName::QueueArn);
        ensure!(destination.is_some() && destination == arn.map(String::as_str));
    }
    Ok(())
}

/// Takes the one message off the queue of the unfinished, which is about this order.
fn unfinished(deployment: &Deployment, placed: &Placed) -> Result<()> {
    let letters = queues::take(deployment, queue(deployment, "unfinished")?, 1, PATIENCE)?;
    let detail = &letters[0]["detail"];
    ensure!(detail["name"] == placed.order_id.as_str(), "{letters:?}");
    ensure!(detail["status"] == "FAILED", "{letters:?}");
    let input = detail["input"].as_str().unwrap_or_default();
    let input: Value = serde_json::from_str(input)?;
    ensure!(input == placed.key(), "{letters:?}");
    Ok(())
}

/// Does `work` while the function has another handler, then gives its own back. Versions do not
/// change: for that long, the alias that is invoked names what is not published.
fn with_handler<T>(
    deployment: &Deployment,
    function: &str,
    handler: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let clients = deployment.clients();
    let name = deployment.function(function, "function_name")?;
    let version = deployment.function(function, "version")?;
    let set = |handler: &str, version: &str| -> Result<()> {
        let configure = clients.lambda.update_function_configuration();
        let configure = configure.function_name(name).handler(handler);
        clients.wait(configure.send())?;
        let alias = clients.lambda.update_alias().function_name(name);
        let alias = alias.name("live").function_version(version);
        clients.wait(alias.send())?;
        Ok(())
    };
    set(handler, "$LATEST")?;
    let result = work();
    set(function, version)?;
    result
}
