//! What hostile requests may not do, whatever they are: fail, kill a function, or touch anything
//! that is not their sender's.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sandbox::{api::Answer, project::Project};
use serde_json::Value;

use crate::{deployment::Deployment, processes};

/// What the embedded AWS logs when it finds a function's process dead, or ends it.
const DEATHS: [&str; 4] = [
    "Runtime exited",
    "bootstrap exited",
    "killing worker",
    "Task timed out",
];

/// An object, a multipart upload or a row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stored {
    /// The owner; empty, if it is nobody's.
    owner: String,
    /// Its key.
    what: String,
}

/// An upload pipeline before the hostile requests.
pub struct Watch<'a> {
    deployment: &'a Deployment,
    stored: BTreeSet<Stored>,
    processes: HashMap<String, HashSet<u32>>,
    log: PathBuf,
    deaths: usize,
}

impl<'a> Watch<'a> {
    /// Looks at what is there before the requests.
    pub fn start(deployment: &'a Deployment) -> Result<Self> {
        let log = format!("embedded-aws-{}", deployment.address().port);
        let log = Project::find()?.log(&log);
        Ok(Self {
            deployment,
            stored: stored(deployment)?,
            processes: running(deployment)?,
            deaths: deaths(&log)?,
            log,
        })
    }

    /// Fails unless all that was stored since belongs to one of `owners`, and every function that
    /// ran then still runs.
    pub fn ensure_intact(&self, owners: &[String]) -> Result<()> {
        let strays: Vec<_> = stored(self.deployment)?
            .into_iter()
            .filter(|it| !self.stored.contains(it) && !owners.contains(&it.owner))
            .collect();
        ensure!(
            strays.is_empty(),
            "stored outside of {owners:?}: {strays:?}"
        );
        let deaths = deaths(&self.log)? - self.deaths;
        let log = self.log.display();
        ensure!(deaths == 0, "functions died {deaths} times; see {log}");
        let running = running(self.deployment)?;
        for (function, before) in &self.processes {
            // The embedded AWS ends the further processes of an idle function, and never the first.
            let after = running.get(function);
            let survivors = after.is_some_and(|after| !before.is_disjoint(after));
            ensure!(
                survivors,
                "{function} had the processes {before:?}, and has {after:?}"
            );
        }
        Ok(())
    }
}

/// Fails for 5xx, and for a problem whose type or status is not one of the project's.
pub fn ensure_answered(answer: &Answer) -> Result<()> {
    let (status, body) = (answer.status, &answer.body);
    ensure!(status < 500, "{status}: {body}");
    if answer.header("content-type") == "application/problem+json" && !body.is_empty() {
        let problem = answer.json()?;
        let kind = problem["type"].as_str().unwrap_or_default();
        ensure!(kind.starts_with("urn:rustlambda:problem:"), "{problem}");
        ensure!(problem["status"] == status, "{status}: {problem}");
    }
    Ok(())
}

/// Returns whose token it is: its claim `sub`.
pub fn subject(token: &str) -> Result<String> {
    let claims = token.split('.').nth(1).context("a token has three parts")?;
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims)?)?;
    let subject = claims["sub"].as_str().map(str::to_owned);
    subject.context("the token has no subject")
}

/// Returns every object, every multipart upload and every row of the application, each with its
/// owner.
fn stored(deployment: &Deployment) -> Result<BTreeSet<Stored>> {
    let mut stored = rows(deployment)?;
    for (output, folder) in [
        ("uploads_bucket", "uploads"),
        ("processed_bucket", "processed"),
    ] {
        let bucket = deployment.output(output)?;
        for key in objects(deployment, bucket)?
            .into_iter()
            .chain(multipart_uploads(deployment, bucket)?)
        {
            stored.insert(of_key(folder, &key));
        }
    }
    Ok(stored)
}

/// Returns what is stored under a key; nobody's, if the key is not `<folder>/<owner>/…`.
fn of_key(folder: &str, key: &str) -> Stored {
    let below = key
        .strip_prefix(folder)
        .and_then(|key| key.strip_prefix('/'));
    let owner = below.and_then(|below| below.split_once('/'));
    Stored {
        owner: owner.map(|(owner, _)| owner.to_owned()).unwrap_or_default(),
        what: key.to_owned(),
    }
}

fn objects(deployment: &Deployment, bucket: &str) -> Result<Vec<String>> {
    let clients = deployment.clients();
    let pages = clients.s3.list_objects_v2().bucket(bucket).into_paginator();
    let pages = clients.wait(pages.send().try_collect())?;
    let objects = pages
        .into_iter()
        .flat_map(|page| page.contents.unwrap_or_default());
    Ok(objects.filter_map(|object| object.key).collect())
}

fn multipart_uploads(deployment: &Deployment, bucket: &str) -> Result<Vec<String>> {
    let clients = deployment.clients();
    let (mut keys, mut after) = (Vec::new(), (None, None));
    loop {
        let (key, upload) = after;
        let request = clients.s3.list_multipart_uploads().bucket(bucket);
        let request = request.set_key_marker(key).set_upload_id_marker(upload);
        let page = clients.wait(request.send())?;
        keys.extend(
            page.uploads()
                .iter()
                .filter_map(|upload| upload.key.clone()),
        );
        if page.is_truncated != Some(true) {
            return Ok(keys);
        }
        after = (page.next_key_marker, page.next_upload_id_marker);
    }
}

/// Returns the rows, and what they say is stored under their keys.
fn rows(deployment: &Deployment) -> Result<BTreeSet<Stored>> {
    let clients = deployment.clients();
    let table = deployment.output("uploads_table")?;
    let rows = clients.dynamodb.scan().table_name(table).into_paginator();
    let rows = clients.wait(rows.items().send().try_collect())?;
    let mut stored = BTreeSet::new();
    for row in rows {
        let text = |name| row.get(name).and_then(|it| it.as_s().ok()).cloned();
        let [owner, id] = ["owner", "upload_id"].map(|name| text(name).unwrap_or_default());
        stored.extend(text("key").map(|key| of_key("uploads", &key)));
        stored.insert(Stored {
            owner,
            what: format!("row {id}"),
        });
    }
    Ok(stored)
}

fn running(deployment: &Deployment) -> Result<HashMap<String, HashSet<u32>>> {
    let mut running: HashMap<_, HashSet<_>> = HashMap::new();
    for process in processes::all(deployment.address())? {
        running
            .entry(process.function)
            .or_default()
            .insert(process.id);
    }
    Ok(running)
}

fn deaths(log: &Path) -> Result<usize> {
    let text = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    let text = String::from_utf8_lossy(&text);
    let dead = |line: &&str| DEATHS.iter().any(|death| line.contains(death));
    Ok(text.lines().filter(dead).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_outside_of_the_folder_of_owners_is_nobodys() {
        for (key, owner) in [
            ("uploads/ann/1/a.txt", "ann"),
            ("uploads/ann", ""),
            ("uploads//ann/a.txt", ""),
            ("uploadsx/ann/a.txt", ""),
            ("ann/a.txt", ""),
        ] {
            assert_eq!(of_key("uploads", key).owner, owner, "{key}");
        }
    }

    #[test]
    fn a_subject_is_read_from_its_token() {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(r#"{"sub":"ann"}"#);
        assert_eq!(subject(&format!("e30.{claims}.x")).unwrap(), "ann");
        assert!(subject("e30").is_err());
    }
}
