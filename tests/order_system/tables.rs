//! What is in the tables, the queues and the bucket.

use std::collections::HashMap;

use acceptance_tests::{clients::Clients, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use sandbox::cancel;

use crate::shop::{PATIENCE, Placed};

/// A row.
pub type Row = HashMap<String, AttributeValue>;

/// A row by its key, if there is one.
pub fn row(deployment: &Deployment, table: &str, key: &str, value: &str) -> Result<Option<Row>> {
    let clients = deployment.clients();
    let request = clients
        .dynamodb
        .get_item()
        .table_name(table_name(deployment, table)?)
        .key(key, AttributeValue::S(value.to_owned()))
        .consistent_read(true);
    Ok(clients.wait(request.send())?.item)
}

/// The text or number of an attribute.
pub fn attribute<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    let value = row.get(name)?;
    let text = value.as_s().or_else(|_| value.as_n()).ok()?;
    Some(text)
}

/// The name of the table of that kind.
pub fn table_name<'a>(deployment: &'a Deployment, table: &str) -> Result<&'a str> {
    let name = deployment.outputs().value("tables")?[table].as_str();
    name.with_context(|| format!("the output tables has no {table}"))
}

/// How many there are of a product.
pub fn stock(deployment: &Deployment, sku: &str) -> Result<u32> {
    let product = row(deployment, "products", "sku", sku)?.context("no such product")?;
    let stock = attribute(&product, "stock").context("a product has a stock")?;
    Ok(stock.parse()?)
}

/// An order's payment: its status and its amount in cents.
pub fn payment(deployment: &Deployment, placed: &Placed) -> Result<Option<(String, u64)>> {
    let Some(payment) = row(deployment, "payments", "orderId", &placed.order_id)? else {
        return Ok(None);
    };
    let status = attribute(&payment, "status").context("a payment has a status")?;
    let amount = attribute(&payment, "amountCents").context("a payment has an amount")?;
    Ok(Some((status.to_owned(), amount.parse()?)))
}

/// An order's notification.
pub fn notification(deployment: &Deployment, placed: &Placed) -> Result<Option<Row>> {
    row(deployment, "notifications", "orderId", &placed.order_id)
}

/// How many orders a user has.
pub fn orders_of(deployment: &Deployment, user_id: &str) -> Result<usize> {
    let clients = deployment.clients();
    let query = clients
        .dynamodb
        .query()
        .table_name(table_name(deployment, "orders")?)
        .key_condition_expression("userId = :user")
        .expression_attribute_values(":user", AttributeValue::S(user_id.to_owned()))
        .consistent_read(true);
    Ok(clients.wait(query.send())?.items().len())
}

/// The address of a queue.
pub fn queue<'a>(deployment: &'a Deployment, name: &str) -> Result<&'a str> {
    let url = deployment.outputs().value("queue_urls")?[name].as_str();
    url.with_context(|| format!("the output queue_urls has no {name}"))
}

/// Fails unless nothing waits in any queue, or is being processed.
pub fn ensure_nothing_waits(deployment: &Deployment) -> Result<()> {
    for name in ["order_created", "unannounced", "unstarted", "unfinished"] {
        let empty = cancel::poll(PATIENCE, || {
            Ok((waiting(deployment, queue(deployment, name)?)? == 0).then_some(()))
        })?;
        ensure!(empty.is_some(), "the queue {name} is not empty");
    }
    Ok(())
}

/// A queue's attributes.
pub fn queue_attributes(
    deployment: &Deployment,
    url: &str,
) -> Result<HashMap<QueueAttributeName, String>> {
    let clients = deployment.clients();
    let request = clients
        .sqs
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All);
    Ok(clients.wait(request.send())?.attributes.unwrap_or_default())
}

fn waiting(deployment: &Deployment, url: &str) -> Result<u32> {
    let attributes = queue_attributes(deployment, url)?;
    [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    ]
    .iter()
    .map(|name| {
        let count = attributes
            .get(name)
            .context("a queue counts its messages")?;
        Ok(count.parse::<u32>()?)
    })
    .sum()
}

/// The bucket takes a browser's files. After a year nothing is left of one: an object that expires
/// is an old version from then on.
pub fn uploads_are_for_browsers_and_expire(deployment: &Deployment) -> Result<()> {
    let Clients { s3, .. } = deployment.clients();
    let bucket = deployment.output("uploads_bucket")?;
    let clients = deployment.clients();
    let cors = clients.wait(s3.get_bucket_cors().bucket(bucket).send())?;
    let methods = cors
        .cors_rules()
        .iter()
        .flat_map(|rule| rule.allowed_methods());
    let methods: Vec<_> = methods.map(String::as_str).collect();
    ensure!(methods.contains(&"PUT"), "browsers may {methods:?}");

    let request = s3.get_bucket_lifecycle_configuration().bucket(bucket);
    let lifecycle = clients.wait(request.send())?;
    let rules = lifecycle.rules().iter();
    let current = rules.clone().filter_map(|rule| rule.expiration()?.days());
    let old = rules.filter_map(|rule| rule.noncurrent_version_expiration()?.noncurrent_days());
    let (current, old): (Vec<_>, Vec<_>) = (current.collect(), old.collect());
    ensure!(
        (current.as_slice(), old.as_slice()) == (&[335][..], &[30][..]),
        "objects expire after {current:?} days, and old versions after {old:?}"
    );
    Ok(())
}
