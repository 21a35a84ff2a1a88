//! From a row to its event, and from the event to an execution: at least once, with one effect.

use acceptance_tests::{deployment::Deployment, permissions, queues};
use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent};
use aws_sdk_sqs::types::QueueAttributeName;
use sandbox::cancel;

use crate::{
    events,
    shop::{PATIENCE, Placed, Shop},
    tables::{ensure_nothing_waits, notification, payment, queue, stock, table_name},
};

/// The event of a confirmed order, twice more.
pub fn an_event_delivered_twice_has_one_effect(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let placed = shop.place("free", &[("keyboard", 1)])?;
    shop.wait_for(&placed, "CONFIRMED")?;
    end_of(deployment, &placed.order_id)?;
    let before = effects(deployment, &placed)?;
    for _ in 0..2 {
        events::announce(deployment, &placed)?;
    }
    wait_for_log(
        deployment,
        "start-order",
        "order was started before",
        &placed,
        2,
    )?;

    ensure!(effects(deployment, &placed)? == before);
    let clients = deployment.clients();
    let machine = deployment.output("state_machine_arn")?;
    let request = clients.sfn.list_executions().state_machine_arn(machine);
    let listed = clients.wait(request.send())?;
    let of_order = listed
        .executions()
        .iter()
        .filter(|execution| execution.name().starts_with(&placed.order_id));
    ensure!(of_order.count() == 1, "the order has several executions");
    ensure_nothing_waits(deployment)
}

/// Executions of other names, as after 90 days, when Step Functions has forgotten the first: the
/// tasks find what was done.
pub fn a_second_execution_changes_nothing(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    for (items, end) in [
        ([("keyboard", 1)], "CONFIRMED"),
        ([("laptop", 1)], "PAYMENT_REFUSED"),
        ([("poster", 1)], "OUT_OF_STOCK"),
    ] {
        let placed = shop.place("free", &items)?;
        let order = shop.wait_for(&placed, end)?;
        end_of(deployment, &placed.order_id)?;
        let before = effects(deployment, &placed)?;

        let clients = deployment.clients();
        let name = format!("{}-again", placed.order_id);
        let request = clients
            .sfn
            .start_execution()
            .state_machine_arn(deployment.output("state_machine_arn")?)
            .name(&name)
            .input(placed.key().to_string());
        clients.wait(request.send())?;
        let (status, error) = end_of(deployment, &name)?;
        ensure!(status == "SUCCEEDED", "{end}: {status} {error:?}");
        ensure!(effects(deployment, &placed)? == before);
        ensure!(shop.order(&placed)? == order);
    }
    Ok(())
}

/// A row that no order system wrote goes to the queue with its reason; an order behind it goes on.
pub fn a_bad_row_does_not_block_the_stream(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let clients = deployment.clients();
    let table = table_name(deployment, "orders")?;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = clients
        .dynamodb
        .put_item()
        .table_name(table)
        .item("userId", text("nobody"))
        .item("createdAt", text("some day"))
        .item("status", text("LOST"));
    clients.wait(put.send())?;
    let placed = shop.place("free", &[("keyboard", 1)])?;
    shop.wait_for(&placed, "CONFIRMED")?;

    let letters = queues::take(deployment, queue(deployment, "unannounced")?, 1, PATIENCE)?;
    let reason = letters[0]["reason"].as_str().unwrap_or_default();
    ensure!(reason.contains("cannot be read"), "{letters:?}");
    ensure!(letters[0]["keys"]["userId"] == "nobody", "{letters:?}");

    let delete = clients
        .dynamodb
        .delete_item()
        .table_name(table)
        .key("userId", text("nobody"))
        .key("createdAt", text("some day"));
    clients.wait(delete.send())?;
    ensure_nothing_waits(deployment)
}

/// The order is taken while nobody can be told of it, and processed when that is mended.
pub fn a_row_is_announced_when_the_bus_is_back(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let placed = permissions::without(deployment, "orders-stream", "events:PutEvents", || {
        let before = deployment.log_lines("orders-stream")?;
        let placed = shop.place("free", &[("keyboard", 1)])?;
        let tried = cancel::poll(PATIENCE, || {
            Ok((deployment.log_lines("orders-stream")? > before).then_some(()))
        })?;
        tried.context("the row was not even tried")?;
        ensure!(shop.order(&placed)?["status"] == "PENDING");
        Ok(placed)
    })?;
    shop.wait_for(&placed, "CONFIRMED")?;
    ensure_nothing_waits(deployment)
}

/// An order whose execution cannot be started waits in a queue, with nothing done, and goes its
/// way when somebody moves it back.
pub fn what_cannot_be_started_waits_in_a_queue(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let (new, unstarted) = (
        queue(deployment, "order_created")?,
        queue(deployment, "unstarted")?,
    );
    let (placed, letters) = with_quick_retries(deployment, new, || {
        permissions::without(deployment, "start-order", "states:StartExecution", || {
            let placed = shop.place("free", &[("keyboard", 1)])?;
            let letters = queues::take(deployment, unstarted, 1, PATIENCE)?;
            Ok((placed, letters))
        })
    })?;
    ensure!(
        letters[0]["detail"]["orderId"] == placed.order_id.as_str(),
        "{letters:?}"
    );
    ensure!(shop.order(&placed)?["status"] == "PENDING");
    ensure!(payment(deployment, &placed)?.is_none());

    let clients = deployment.clients();
    let request = clients.sqs.send_message().queue_url(new);
    clients.wait(request.message_body(letters[0].to_string()).send())?;
    shop.wait_for(&placed, "CONFIRMED")?;
    ensure_nothing_waits(deployment)
}

/// Does `work` while messages of the queue come again after a second instead of three minutes.
fn with_quick_retries<T>(
    deployment: &Deployment,
    url: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let clients = deployment.clients();
    let set = |seconds: &str| {
        let request = clients
            .sqs
            .set_queue_attributes()
            .queue_url(url)
            .attributes(QueueAttributeName::VisibilityTimeout, seconds);
        clients.wait(request.send())
    };
    set("1")?;
    let result = work();
    set("180")?;
    result
}

/// Waits until an execution has ended. Gives its status and its error.
pub fn end_of(deployment: &Deployment, name: &str) -> Result<(String, Option<String>)> {
    let clients = deployment.clients();
    let arn = execution_arn(deployment, name)?;
    let ended = cancel::poll(PATIENCE, || {
        let request = clients.sfn.describe_execution().execution_arn(&arn);
        let execution = clients.wait(request.send())?;
        let status = execution.status();
        let ended = *status != ExecutionStatus::Running;
        Ok(ended.then(|| (status.to_string(), execution.error.clone())))
    })?;
    ended.with_context(|| format!("the execution {name} did not end"))
}

/// The states that an execution has entered, in order.
pub fn entered(deployment: &Deployment, name: &str) -> Result<Vec<String>> {
    let events = history(deployment, name)?;
    let entered = events
        .iter()
        .filter_map(HistoryEvent::state_entered_event_details);
    Ok(entered.map(|details| details.name().to_owned()).collect())
}

/// How often a task of an execution has failed so far. There may be no execution yet.
pub fn failed_tries(deployment: &Deployment, name: &str) -> Result<usize> {
    let events = history(deployment, name).unwrap_or_default();
    let failures = events
        .iter()
        .filter_map(HistoryEvent::task_failed_event_details);
    Ok(failures.count())
}

fn history(deployment: &Deployment, name: &str) -> Result<Vec<HistoryEvent>> {
    let clients = deployment.clients();
    let arn = execution_arn(deployment, name)?;
    let request = clients.sfn.get_execution_history().execution_arn(arn);
    Ok(clients.wait(request.send())?.events)
}

fn execution_arn(deployment: &Deployment, name: &str) -> Result<String> {
    let machine = deployment.output("state_machine_arn")?;
    let arn = machine.replace(":stateMachine:", ":execution:");
    Ok(format!("{arn}:{name}"))
}

/// What an order has done to the tables.
fn effects(deployment: &Deployment, placed: &Placed) -> Result<impl PartialEq> {
    let skus = ["keyboard", "laptop", "poster"];
    let stock: Result<Vec<_>> = skus.iter().map(|sku| stock(deployment, sku)).collect();
    let payment = payment(deployment, placed)?;
    Ok((stock?, payment, notification(deployment, placed)?))
}

/// Waits until the function has logged so many lines with that text about the order.
fn wait_for_log(
    deployment: &Deployment,
    function: &str,
    text: &str,
    placed: &Placed,
    count: usize,
) -> Result<()> {
    let clients = deployment.clients();
    let group = deployment.function(function, "log_group_name")?;
    let logged = cancel::poll(PATIENCE, || {
        let request = clients.logs.filter_log_events().log_group_name(group);
        let answer = clients.wait(request.send())?;
        let lines = answer.events().iter().filter_map(|event| event.message());
        let about = lines.filter(|line| line.contains(text) && line.contains(&placed.order_id));
        Ok((about.count() >= count).then_some(()))
    })?;
    logged.with_context(|| format!("{function} did not log {text:?} {count} times"))
}
