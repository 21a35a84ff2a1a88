//! What became of the uploads of a soak, from the table and both buckets.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use sandbox::{cancel, objects};

use super::{Rows, Soak, crowd::Sent, locked, rows::Charge, trouble::put_record};
use crate::{deployment::Deployment, queues, uploader::sha256};

/// The findings. Each list names what is wrong, and is empty if nothing is.
#[derive(Debug, Default)]
pub struct Audit {
    /// Acknowledged uploads by state.
    pub states: BTreeMap<String, usize>,
    /// Acknowledged uploads that are neither PROCESSED, nor FAILED with a reason, nor deleted by
    /// their owner.
    pub lost: Vec<String>,
    /// Results that are not what the upload has to become.
    pub wrong: Vec<String>,
    /// Objects that do not have exactly one version.
    pub twice: Vec<String>,
    /// Owners whose counters differ from the sum of their uploads.
    pub counters: Vec<String>,
    /// Multipart uploads that are still open.
    pub multipart: Vec<String>,
}

/// Audits the account.
pub(super) fn run(soak: &Soak) -> Result<Audit> {
    let (deployment, sent) = (soak.deployment, locked(&soak.sent));
    let rows = Rows::read(deployment)?;
    let buckets = [
        deployment.output("uploads_bucket")?,
        deployment.output("processed_bucket")?,
    ];
    let mut audit = Audit::default();
    let [originals, results] = [
        versions(deployment, buckets[0])?,
        versions(deployment, buckets[1])?,
    ];
    for sent in sent.iter() {
        audit.upload(deployment, &rows, sent, [&originals, &results])?;
    }
    audit.count(&rows);
    for bucket in buckets {
        audit.multipart.extend(open_multipart(deployment, bucket)?);
    }
    Ok(audit)
}

impl Audit {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.lists().iter().all(|(_, list)| list.is_empty())
    }

    /// The findings that have to be none, in the order of the report.
    pub fn lists(&self) -> [(&'static str, &[String]); 5] {
        [
            ("lost", &self.lost),
            ("results that differ", &self.wrong),
            ("effects twice", &self.twice),
            ("quota counters that differ", &self.counters),
            ("multipart uploads left over", &self.multipart),
        ]
    }

    fn upload(
        &mut self,
        deployment: &Deployment,
        rows: &Rows,
        sent: &Sent,
        [originals, results]: [&BTreeMap<String, usize>; 2],
    ) -> Result<()> {
        let row = rows.uploads.get(&sent.id);
        let status = row.map_or("no row", |row| row.status.as_str());
        *self.states.entry(status.to_owned()).or_default() += 1;
        let reason = row
            .and_then(|row| row.reason.as_deref())
            .unwrap_or_default();
        let result = objects::processed_key(&sent.file_key);
        let mut once = |versions: &BTreeMap<String, usize>, key: &str| {
            let count = versions.get(key).copied().unwrap_or_default();
            if count != 1 {
                self.twice.push(format!("{key} has {count} versions"));
            }
        };
        match status {
            "PROCESSED" if !sent.is_deleted() => {
                once(originals, &sent.file_key);
                once(results, &result);
                if content_of(deployment, &result)?.as_ref() != Some(&sent.expected) {
                    self.wrong.push(result);
                }
            }
            "FAILED" if !sent.is_deleted() && !reason.is_empty() => {
                once(originals, &sent.file_key);
                if results.contains_key(&result) {
                    self.twice
                        .push(format!("{result} exists, though the upload failed"));
                }
            }
            // Its objects may last until its tombstone is purged.
            "DELETED" if sent.is_deleted() => {}
            _ => self
                .lost
                .push(format!("{} ({:?}) is {status}", sent.id, sent.kind)),
        }
        Ok(())
    }

    fn count(&mut self, rows: &Rows) {
        let mut sums: BTreeMap<&str, Charge> = BTreeMap::new();
        for row in rows.uploads.values() {
            let sum = sums.entry(&row.owner).or_default();
            sum.bytes += row.charge.bytes;
            sum.open += row.charge.open;
        }
        let owners: BTreeSet<&str> = rows
            .counters
            .keys()
            .map(String::as_str)
            .chain(sums.keys().copied())
            .collect();
        for owner in owners {
            let counted = rows.counters.get(owner).copied().unwrap_or_default();
            let sum = sums.get(owner).copied().unwrap_or_default();
            if counted != sum {
                self.counters
                    .push(format!("{owner}: {counted:?}, and the uploads are {sum:?}"));
            }
        }
    }
}

/// The SHA-256 of an object of the processed bucket, if there is one.
fn content_of(deployment: &Deployment, key: &str) -> Result<Option<String>> {
    let bucket = deployment.output("processed_bucket")?;
    let text = objects::read(deployment.address(), bucket, key)?;
    Ok(text.map(|text| sha256(text.as_bytes())))
}

/// How many versions and delete markers each key of a bucket has.
fn versions(deployment: &Deployment, bucket: &str) -> Result<BTreeMap<String, usize>> {
    let clients = deployment.clients();
    let (mut count, mut key, mut version) = (BTreeMap::new(), None, None);
    loop {
        let request = clients.s3.list_object_versions().bucket(bucket);
        let request = request.set_key_marker(key).set_version_id_marker(version);
        let page = clients.wait(request.send())?;
        let versions = page.versions().iter().filter_map(|version| version.key());
        let markers = page
            .delete_markers()
            .iter()
            .filter_map(|marker| marker.key());
        for key in versions.chain(markers) {
            *count.entry(key.to_owned()).or_default() += 1;
        }
        if page.is_truncated != Some(true) {
            return Ok(count);
        }
        (key, version) = (page.next_key_marker, page.next_version_id_marker);
    }
}

fn open_multipart(deployment: &Deployment, bucket: &str) -> Result<Vec<String>> {
    let clients = deployment.clients();
    let request = clients.s3.list_multipart_uploads().bucket(bucket);
    let page = clients.wait(request.send())?;
    // A soak that leaves a page of them has failed enough.
    let open = page.uploads().iter().filter_map(|upload| upload.key());
    Ok(open.map(|key| format!("{bucket}/{key}")).collect())
}

/// Puts a record that nobody can read into every shard of the stream; returns those records.
pub fn marker(deployment: &Deployment) -> Result<BTreeSet<String>> {
    let clients = deployment.clients();
    let stream = deployment.output("stream_name")?;
    let shards = clients.wait(clients.kinesis.list_shards().stream_name(stream).send())?;
    let mut left: BTreeSet<&str> = shards
        .shards()
        .iter()
        .map(|shard| shard.shard_id())
        .collect();
    let mut markers = BTreeSet::new();
    for turn in 0..1000 {
        if left.is_empty() {
            break;
        }
        let marker = format!("the end of the soak, {turn} {}", fastrand::u64(..));
        let shard = put_record(deployment, &marker, marker.clone().into_bytes())?;
        left.remove(shard.as_str());
        markers.insert(marker);
    }
    ensure!(left.is_empty(), "no partition key leads to {left:?}");
    Ok(markers)
}

/// Waits until the markers are in the dead letter queue: everything before them was handled.
/// Returns the other letters.
pub fn wait_for_marker(
    deployment: &Deployment,
    markers: &BTreeSet<String>,
    patience: Duration,
) -> Result<Vec<serde_json::Value>> {
    let queue = deployment.output("dead_letter_queue_url")?;
    let (mut left, mut others) = (markers.clone(), Vec::new());
    let drained = cancel::poll(patience, || {
        for letter in queues::receive(deployment, queue)? {
            let data = letter["data"].as_str().unwrap_or_default();
            if !markers.contains(data) {
                others.push(letter);
            } else {
                left.remove(data);
            }
        }
        Ok(left.is_empty().then_some(()))
    })?;
    drained.with_context(|| format!("the stream has not come to {left:?} in {patience:?}"))?;
    Ok(others)
}
