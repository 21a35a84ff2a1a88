//! A soak: users upload while functions are killed, their calls fail, records come again and
//! events are lost. Afterwards the account is audited.

mod audit;
mod crowd;
mod report;
mod rows;
mod stack;
mod trouble;

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use sandbox::{
    Progress, cancel,
    embedded_aws::ROOT_KEY,
    proxy::fault::{Chance, Likelihood},
};

use crate::{deployment::Deployment, uploader::Uploader};
pub use audit::{marker, wait_for_marker};
use crowd::Sent;
pub use report::Report;
pub use rows::{Row, Rows};
pub use stack::deploy;
use trouble::Trouble;

/// Share of the functions' calls to S3, DynamoDB and Kinesis that go wrong.
const FAULTS: f64 = 0.05;

/// How large a soak is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Number of uploads.
    pub uploads: usize,
    /// Number of users, who upload at the same time.
    pub users: usize,
    /// What the uploads and the faults follow from. Which call meets which fault also depends on
    /// the order in which the calls arrive.
    pub seed: u64,
    /// How long the pipeline may take for what was sent.
    pub patience: Duration,
}

/// What the users, their tormentors and the audit share.
struct Soak<'a> {
    deployment: &'a Deployment,
    plan: &'a Plan,
    sent: Mutex<Vec<Sent>>,
    unacknowledged: Mutex<Vec<String>>,
    over: AtomicBool,
    gate: trouble::Gate<'a>,
}

/// Runs a soak on a new deployment of [`stack`] and audits it.
///
/// Fails when the tools fail; what the pipeline did wrong is in the report.
pub fn run(deployment: &Deployment, plan: &Plan, progress: Progress) -> Result<Report> {
    let begun = Instant::now();
    let soak = Soak {
        deployment,
        plan,
        sent: Mutex::default(),
        unacknowledged: Mutex::default(),
        over: AtomicBool::new(false),
        gate: trouble::Gate::new(deployment)?,
    };
    progress("signing up the users");
    let users = soak.sign_up()?;
    let likelihoods = [
        Likelihood::of_s3(FAULTS),
        Likelihood::of_dynamodb(FAULTS),
        Likelihood::of_kinesis(FAULTS),
    ];
    let chance = Chance::new(plan.seed, ROOT_KEY, &likelihoods);
    deployment.faults().at_random(chance);
    let trouble = thread::scope(|scope| {
        let trouble = scope.spawn(|| Trouble::make(&soak));
        let settled = soak.upload(&users, progress);
        soak.over.store(true, Ordering::SeqCst);
        let trouble = trouble.join().map_err(|_| anyhow::anyhow!("panicked"));
        settled.and(trouble?.context("making trouble"))
    });
    let faults = deployment.faults().end_of_chance();
    let trouble = trouble?;
    progress("waiting for the end of the stream");
    soak.settle(plan.patience, progress)?;
    wait_for_marker(deployment, &marker(deployment)?, plan.patience)?;
    progress("auditing");
    let audit = audit::run(&soak)?;
    Ok(Report {
        plan: plan.clone(),
        seconds: begun.elapsed().as_secs(),
        unacknowledged: locked(&soak.unacknowledged).clone(),
        withheld: soak.gate.withheld(),
        faults,
        trouble,
        audit,
    })
}

impl Soak<'_> {
    fn sign_up(&self) -> Result<Vec<Uploader>> {
        let endpoint = self.deployment.output("api_endpoint")?;
        let user = |number: usize| {
            let email = format!("soak-{}-{number}@example.com", self.plan.seed);
            let tokens = self.deployment.new_user(&email)?;
            Uploader::new(self.deployment.address(), endpoint, &tokens.access)
        };
        (0..self.plan.users).map(user).collect()
    }

    /// Has all users upload at once, then waits for the pipeline as long as the trouble may last.
    fn upload(&self, users: &[Uploader], progress: Progress) -> Result<()> {
        let done = thread::scope(|scope| {
            let share = |number, user| move || crowd::user(self, number, user);
            let users = users.iter().enumerate();
            let users: Vec<_> = users
                .map(|(number, user)| scope.spawn(share(number, user)))
                .collect();
            while !users.iter().all(|user| user.is_finished()) {
                thread::sleep(Duration::from_millis(500));
                let (sent, of) = (locked(&self.sent).len(), self.plan.uploads);
                progress(&format!("{sent} of {of} uploads sent"));
            }
            let ended = users.into_iter().map(|user| user.join());
            ended
                .map(|end| end.unwrap_or_else(|_| anyhow::bail!("a user panicked")))
                .collect::<Result<Vec<()>>>()
        });
        done?;
        self.settle(self.plan.patience / 2, progress)
    }

    /// Waits until no acknowledged upload is on its way, or patience ends: what is on its way then
    /// is for the audit.
    fn settle(&self, patience: Duration, progress: Progress) -> Result<()> {
        cancel::poll(patience, || {
            let rows = Rows::read(self.deployment)?;
            let sent = locked(&self.sent);
            let open = sent.iter().filter(|sent| !sent.has_ended(&rows)).count();
            progress(&format!("{open} of {} uploads on their way", sent.len()));
            drop(sent);
            thread::sleep(Duration::from_secs(1));
            Ok((open == 0).then_some(()))
        })?;
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst) || cancel::check().is_err()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
