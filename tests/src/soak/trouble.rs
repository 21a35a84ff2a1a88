//! What goes wrong during a soak besides the calls of functions: killed processes, records that
//! come again in another order, events that are lost.

use std::{collections::BTreeMap, sync::Mutex, thread, time::Duration};

use anyhow::{Context, Result};
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use fastrand::Rng;
use serde_json::json;

use super::{Rows, Soak, locked};
use crate::{deployment::Deployment, processes};

/// The functions that are killed.
const VICTIMS: [&str; 4] = [
    "upload-api",
    "upload-processor",
    "upload-receiver",
    "upload-reconciler",
];

/// How long the trouble rests.
const REST: Duration = Duration::from_millis(500);

/// Of a hundred turns, so many kill a process: the processor about twice a minute. Whoever comes after
/// it waits for its lease first, and five kills over one upload would rightly fail it.
const KILLS: u32 = 12;

/// Every so many turns, records are put again.
const DOUBLES: usize = 4;

/// Every so many turns, the reconciler is invoked: more often than the schedule does, and at the
/// same time.
const RECONCILES: usize = 10;

/// What has been done.
#[derive(Debug, Default)]
pub struct Trouble {
    /// Killed processes by function.
    pub killed: BTreeMap<&'static str, usize>,
    /// Records that were put again.
    pub doubled: usize,
}

impl Trouble {
    /// Makes trouble until the soak is over.
    pub(super) fn make(soak: &Soak) -> Result<Self> {
        let mut random = Rng::with_seed(!soak.plan.seed);
        let mut made = Self::default();
        let mut turn = 0;
        while !soak.is_over() {
            turn += 1;
            if random.u32(0..100) < KILLS {
                made.kill(soak.deployment, &mut random)?;
            }
            if turn % DOUBLES == 0 {
                made.double(soak.deployment, &mut random)?;
            }
            if turn % RECONCILES == 0 {
                reconcile(soak.deployment)?;
            }
            thread::sleep(REST);
        }
        Ok(made)
    }

    /// Kills a process of a function that has one.
    fn kill(&mut self, deployment: &Deployment, random: &mut Rng) -> Result<()> {
        let victim = VICTIMS[random.usize(0..VICTIMS.len())];
        let name = deployment.function(victim, "function_name")?;
        let mut processes = processes::all(deployment.address())?;
        processes.retain(|process| process.function == name);
        if let Some(process) = random.choice(&processes)
            && processes::kill(deployment.address(), process)?
        {
            *self.killed.entry(victim).or_default() += 1;
        }
        Ok(())
    }

    /// Puts the records of some uploads on the stream again, in any order.
    fn double(&mut self, deployment: &Deployment, random: &mut Rng) -> Result<()> {
        let rows = Rows::read(deployment)?;
        let arrived = rows.uploads.iter();
        let mut arrived: Vec<_> = arrived
            .filter_map(|(id, row)| Some((id, &row.owner, row.object_version.as_ref()?)))
            .collect();
        random.shuffle(&mut arrived);
        for (id, owner, version) in arrived.into_iter().take(3) {
            let record = json!({
                "version": 1, "upload_id": id, "owner": owner, "object_version": version,
            });
            // Any partition key: records of one upload may be in two shards at once.
            let key = format!("again-{}", random.u32(..));
            put_record(deployment, &key, record.to_string().into_bytes())?;
            self.doubled += 1;
        }
        Ok(())
    }
}

/// Puts a record on the stream and returns its shard.
pub fn put_record(deployment: &Deployment, key: &str, data: Vec<u8>) -> Result<String> {
    let (clients, stream) = (deployment.clients(), deployment.output("stream_name")?);
    let request = clients.kinesis.put_record().stream_name(stream);
    let request = request.partition_key(key).data(Blob::new(data));
    Ok(clients.wait(request.send())?.shard_id)
}

/// Invokes the reconciler, as its schedule does.
pub fn reconcile(deployment: &Deployment) -> Result<()> {
    let name = deployment.function("upload-reconciler", "function_name")?;
    let lambda = &deployment.clients().lambda;
    let request = lambda.invoke().function_name(name).qualifier("live");
    let request = request.invocation_type(InvocationType::Event);
    deployment.clients().wait(
        request
            .payload(aws_sdk_lambda::primitives::Blob::new("{}"))
            .send(),
    )?;
    Ok(())
}

/// The rule that brings S3's events to the receiver. While it is disabled, they are lost: the
/// embedded AWS hands them from S3 to the function without a call that could be intercepted.
pub struct Gate<'a> {
    deployment: &'a Deployment,
    rule: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    holders: usize,
    withheld: usize,
}

/// How long the embedded AWS may take to send an event, which it does behind its answer.
const SENT_AFTER: Duration = Duration::from_millis(300);

impl<'a> Gate<'a> {
    /// Finds the rule.
    pub fn new(deployment: &'a Deployment) -> Result<Self> {
        let clients = deployment.clients();
        let rules = clients.wait(clients.eventbridge.list_rules().send())?;
        let of_s3 = |pattern: Option<&str>| pattern.is_some_and(|it| it.contains("Object Created"));
        let rule = rules
            .rules()
            .iter()
            .find(|rule| of_s3(rule.event_pattern()));
        let rule = rule.and_then(|rule| rule.name());
        Ok(Self {
            deployment,
            rule: rule.context("no rule takes S3's events")?.to_owned(),
            state: Mutex::default(),
        })
    }

    /// Does `work`, whose event is lost if `lost`.
    pub fn pass<T>(&self, lost: bool, work: impl FnOnce() -> Result<T>) -> Result<T> {
        if !lost {
            return work();
        }
        self.close()?;
        let done = work();
        thread::sleep(SENT_AFTER);
        self.open()?;
        done
    }

    /// How many events were withheld, at least: others that happened meanwhile are lost too.
    pub fn withheld(&self) -> usize {
        locked(&self.state).withheld
    }

    fn close(&self) -> Result<()> {
        let mut state = locked(&self.state);
        if state.holders == 0 {
            let clients = self.deployment.clients();
            clients.wait(clients.eventbridge.disable_rule().name(&self.rule).send())?;
        }
        state.holders += 1;
        state.withheld += 1;
        Ok(())
    }

    fn open(&self) -> Result<()> {
        let mut state = locked(&self.state);
        state.holders -= 1;
        if state.holders == 0 {
            let clients = self.deployment.clients();
            clients.wait(clients.eventbridge.enable_rule().name(&self.rule).send())?;
        }
        Ok(())
    }
}
