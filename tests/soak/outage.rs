//! DynamoDB refuses everything for a while.
//!
//! What stands for ten minutes on AWS. There, the event source mapping delivers a batch again and
//! again until its records are [`LONGEST_OUTAGE`] old: the test reads from the mapping that it
//! has no other limit. The embedded AWS repeats a batch once a second, so that [`OUTAGE`] is many
//! more deliveries, and longer than the six seconds in which the functions' clients give a call up.

use std::{thread, time::Duration};

use acceptance_tests::{
    deployment::Deployment,
    soak::{self, Rows},
    uploader::{Arrival, Signed, Uploader, Way, sha256},
};
use anyhow::{Context, Result, bail, ensure};
use sandbox::{
    cancel,
    embedded_aws::ROOT_KEY,
    proxy::fault::{Fault, Likelihood},
};

/// How long the table refuses everything.
const OUTAGE: Duration = Duration::from_secs(90);

/// The outage that the mapping has to outlive, in seconds.
const LONGEST_OUTAGE: i32 = 600;

/// How long what is left may take afterwards.
const PATIENCE: Duration = Duration::from_secs(300);

/// Uploads of each kind.
const EACH: usize = 4;

/// What is on the stream when DynamoDB goes, and what reaches S3 while it is away, is processed
/// when it is back; no record ends in the dead letter queue. Meanwhile the API says 503.
pub fn an_outage_of_the_table_discards_nothing(deployment: &Deployment) -> Result<()> {
    ensure_patient_mapping(deployment)?;
    let tokens = deployment.new_user("outage@example.com")?;
    let endpoint = deployment.output("api_endpoint")?;
    let user = Uploader::new(deployment.address(), endpoint, &tokens.access)?;
    let announced = (0..EACH).map(|number| announce(&user, number));
    let announced: Vec<_> = announced.collect::<Result<_>>()?;
    let inline = (0..EACH).map(|number| user.inline(&format!("before-{number}"), "in.txt", "in"));
    let inline: Vec<_> = inline.collect::<Result<_>>()?;

    let unavailable = Likelihood::of_dynamodb(1.0).failed;
    let fault = Fault::Error(unavailable.0, unavailable.1);
    deployment.faults().outage("dynamodb", ROOT_KEY, fault);
    let during = during_the_outage(&user, &announced);
    let refused = deployment.faults().end_of_outage();
    during?;
    ensure!(refused > 10, "only {refused} calls met the outage");

    let ids = inline.iter().map(|(id, _)| id.clone());
    let ids: Vec<String> = ids
        .chain(announced.into_iter().map(|(id, ..)| id))
        .collect();
    ensure_processed(deployment, &ids)?;
    let marker = soak::marker(deployment)?;
    let letters = soak::wait_for_marker(deployment, &marker, PATIENCE)?;
    ensure!(letters.is_empty(), "records were discarded: {letters:#?}");
    Ok(())
}

/// Fails unless the processor's mapping delivers a failing batch again for as long as the outage.
fn ensure_patient_mapping(deployment: &Deployment) -> Result<()> {
    let clients = deployment.clients();
    let function = deployment.function("upload-processor", "function_name")?;
    let request = clients.lambda.list_event_source_mappings();
    // Of its alias too, which the function's name alone does not ask for.
    let mappings = clients.wait(request.send())?;
    let mut mappings = mappings.event_source_mappings().iter();
    let of_processor = |arn: &str| arn.contains(&format!(":{function}"));
    let mapping = mappings.find(|mapping| mapping.function_arn().is_some_and(of_processor));
    let mapping = mapping.with_context(|| format!("{function} has no mapping"))?;
    // -1 is without limit.
    let tries = mapping.maximum_retry_attempts();
    let age = mapping.maximum_record_age_in_seconds();
    ensure!(
        tries == Some(-1),
        "a batch is given up after {tries:?} tries"
    );
    ensure!(
        age.is_some_and(|age| age == -1 || age > LONGEST_OUTAGE),
        "a record is given up after {age:?} s"
    );
    Ok(())
}

type Announced = (String, Signed, Vec<u8>);

fn announce(user: &Uploader, number: usize) -> Result<Announced> {
    let content = format!("content {number}").into_bytes();
    let (key, size) = (format!("outage-{number}"), content.len() as u64);
    let ticket = user.announce(&key, "out.txt", size, Some(&sha256(&content)))?;
    match ticket.way {
        Way::Put(signed) => Ok((ticket.id, signed, content)),
        way => bail!("not a PUT: {way:?}"),
    }
}

fn during_the_outage(user: &Uploader, announced: &[Announced]) -> Result<()> {
    for (id, signed, content) in announced {
        let arrival = user.put(signed, content)?;
        ensure!(arrival == Arrival::Arrived, "S3 refused {id}");
    }
    let answer = user.once("GET", "/uploads", None, None)?;
    ensure!(answer.status == 503, "{}: {}", answer.status, answer.body);
    ensure!(
        !answer.header("retry-after").is_empty(),
        "503 does not say when to come again"
    );
    let end = std::time::Instant::now() + OUTAGE;
    while std::time::Instant::now() < end {
        cancel::check()?;
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn ensure_processed(deployment: &Deployment, ids: &[String]) -> Result<()> {
    let mut rows = Rows::default();
    cancel::poll(PATIENCE, || {
        rows = Rows::read(deployment)?;
        thread::sleep(Duration::from_secs(1));
        let processed = |id: &String| {
            rows.uploads
                .get(id)
                .is_some_and(|row| row.status == "PROCESSED")
        };
        Ok(ids.iter().all(processed).then_some(()))
    })?
    .with_context(|| {
        let left = ids.iter().map(|id| (id, rows.uploads.get(id)));
        format!("not all are processed: {:#?}", left.collect::<Vec<_>>())
    })
}
