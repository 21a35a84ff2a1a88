//! Hostile requests.

mod json;
mod requests;

use std::{cell::RefCell, collections::BTreeMap, env, thread};

use acceptance_tests::{
    deployment::Deployment,
    hostile::{
        Target, bodies_kill_no_function,
        schemathesis::{self, check_document},
        watch::{Watch, ensure_answered, subject},
    },
};
use anyhow::{Context, Result, anyhow, ensure};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use sandbox::{
    api::{Answer, Api},
    cancel,
};
use serde_json::{Value, json};

use crate::observe::{PATIENCE, upload_body};
use requests::{Hostile, requests};

const DOCUMENT: &str = "docs/openapi.yaml";

/// How many random requests there are, unless the environment says otherwise, as the full run does
/// with 20,000.
const REQUESTS: usize = 800;
const VARIABLE: &str = "HOSTILE_REQUESTS";

/// Requests of one user: fewer than take its quota up.
const OF_ONE_USER: usize = 400;

/// Users who send at once.
const AT_ONCE: usize = 4;

/// Most random requests that schemathesis makes of one operation: of so many others one, and not
/// fewer than these.
const FOR_ONE_EXAMPLE: usize = 400;
const EXAMPLES: usize = 8;

const SEED: u64 = 20_261_121;

const TARGETS: [Target; 3] = [
    Target {
        member: "filename",
        others: r#""content":"a","#,
    },
    Target {
        member: "content",
        others: r#""filename":"a.txt","#,
    },
    Target {
        member: "content_base64",
        others: r#""filename":"a.txt","#,
    },
];

/// No body of whatever shape and size ends a function or is answered with 5xx.
pub fn no_hostile_body_kills_a_function(deployment: &Deployment) -> Result<()> {
    let token = &deployment.user()?.access;
    bodies_kill_no_function(deployment, token, &TARGETS, &["upload-api"])
}

/// Requests that are made of the document, good ones and bad ones, are answered as it says.
pub fn hostile_requests_are_answered_as_the_document_says(deployment: &Deployment) -> Result<()> {
    check_document(DOCUMENT)?;
    let token = deployment.new_user("schemathesis@example.com")?.access;
    let witness = Witness::new(deployment, "first-witness")?;
    let watch = Watch::start(deployment)?;
    let examples = EXAMPLES.max(number()? / FOR_ONE_EXAMPLE);
    let made = schemathesis::run(deployment, DOCUMENT, &token, examples, SEED)?;
    println!("{made} requests of {DOCUMENT}");
    ensure!(made as usize >= 8 * examples, "{made} requests are too few");
    watch.ensure_intact(&[subject(&token)?])?;
    witness.ensure_untouched()
}

/// Random requests are answered below 500, and change nothing that is not their sender's.
pub fn random_requests_stay_in_their_place(deployment: &Deployment) -> Result<()> {
    let witness = Witness::new(deployment, "second-witness")?;
    let watch = Watch::start(deployment)?;
    let (number, mut owners, mut answers) = (number()?, Vec::new(), BTreeMap::new());
    let batches: Vec<_> = (0..number.div_ceil(OF_ONE_USER)).collect();
    for batches in batches.chunks(AT_ONCE) {
        let senders = thread::scope(|scope| {
            let start = |batch: &usize| {
                let (witness, batch) = (&witness, *batch);
                let cases = OF_ONE_USER.min(number - batch * OF_ONE_USER);
                scope.spawn(move || Sender::run(deployment, witness, batch, cases))
            };
            let running: Vec<_> = batches.iter().map(start).collect();
            let ended = running.into_iter().map(|sender| sender.join());
            ended
                .map(|sender| sender.unwrap_or_else(|_| Err(anyhow!("a sender panicked"))))
                .collect::<Result<Vec<_>>>()
        })?;
        for (owner, counts) in senders {
            owners.push(owner);
            for (status, count) in counts {
                *answers.entry(status).or_insert(0_usize) += count;
            }
        }
    }
    println!("{number} random requests, answered with {answers:?}");
    let good: usize = answers.range(200..300).map(|(_, count)| count).sum();
    ensure!(good > number / 10, "too few requests are good: {answers:?}");
    watch.ensure_intact(&owners)?;
    witness.ensure_untouched()
}

fn number() -> Result<usize> {
    match env::var(VARIABLE) {
        Err(_) => Ok(REQUESTS),
        Ok(text) => text
            .parse()
            .with_context(|| format!("{VARIABLE} must be a number, and is {text:?}")),
    }
}

/// A user who sends random requests.
struct Sender<'a> {
    api: Api,
    token: String,
    witness: &'a Witness<'a>,
    /// The witness's uploads, and the sender's own.
    ids: RefCell<Vec<String>>,
    /// How many requests were answered with which status.
    answers: RefCell<BTreeMap<u16, usize>>,
}

impl<'a> Sender<'a> {
    /// Sends so many requests as a new user; returns the user's subject and how many were answered
    /// with which status.
    fn run(
        deployment: &Deployment,
        witness: &'a Witness<'a>,
        batch: usize,
        cases: usize,
    ) -> Result<(String, BTreeMap<u16, usize>)> {
        let email = format!("hostile-{batch}@example.com");
        let token = deployment.new_user(&email)?.access;
        let owner = subject(&token)?;
        let sender = Self {
            api: deployment.api()?,
            token,
            witness,
            ids: RefCell::new(vec![witness.processed.clone(), witness.pending.clone()]),
            answers: RefCell::default(),
        };
        sender.send(cases, SEED + batch as u64)?;
        Ok((owner, sender.answers.into_inner()))
    }

    fn send(&self, cases: usize, seed: u64) -> Result<()> {
        let config = Config {
            cases: cases as u32,
            failure_persistence: None,
            max_shrink_iters: 64,
            ..Config::default()
        };
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let ran = TestRunner::new_with_rng(config, random).run(&requests(), |request| {
            self.check(&request)
                .map_err(|error| TestCaseError::fail(format!("{error:#}")))
        });
        ran.map_err(|error| match error {
            TestError::Fail(reason, request) => anyhow!("{reason}: {request:#?}"),
            TestError::Abort(reason) => anyhow!("{reason}"),
        })
    }

    fn check(&self, request: &Hostile) -> Result<()> {
        cancel::check()?;
        let target = request.target(&self.ids.borrow());
        let headers = request.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let (token, body) = (Some(self.token.as_str()), request.body.clone());
        let answer = self
            .api
            .send_with(request.method, &target, token, &headers, body)?;
        *self.answers.borrow_mut().entry(answer.status).or_default() += 1;
        ensure_answered(&answer).with_context(|| target.clone())?;
        ensure!(
            !matches!(answer.status, 401 | 403),
            "{target} did not reach the function: {}",
            answer.body
        );
        self.witness.ensure_unseen(&answer)?;
        if answer.status == 201 {
            let id = answer.json()?["upload_id"].as_str().map(str::to_owned);
            self.ids
                .borrow_mut()
                .push(id.context("201 without an upload_id")?);
        }
        Ok(())
    }
}

/// Somebody else, whose uploads nobody may see or touch.
struct Witness<'a> {
    deployment: &'a Deployment,
    token: String,
    subject: String,
    /// What the file names of its uploads hold.
    name: &'static str,
    /// The id of a processed upload.
    processed: String,
    /// The id of an upload whose parts have not arrived.
    pending: String,
    before: [Value; 2],
}

impl<'a> Witness<'a> {
    fn new(deployment: &'a Deployment, name: &'static str) -> Result<Self> {
        let token = deployment.new_user(&format!("{name}@example.com"))?.access;
        let api = deployment.api()?;
        let create = |body: &[u8]| {
            let answer = api
                .post("/uploads", Some(&token), body)?
                .success("POST /uploads")?;
            let id = answer.json()?["upload_id"].as_str().map(str::to_owned);
            id.context("the answer names no upload_id")
        };
        let processed = create(&upload_body(&format!("{name}.txt"), "mine"))?;
        let size = 100_u64 << 20;
        let announced = json!({"filename": format!("{name}.bin"), "size": size});
        let pending = create(announced.to_string().as_bytes())?;
        let mut witness = Self {
            deployment,
            subject: subject(&token)?,
            token,
            name,
            processed,
            pending,
            before: [Value::Null, Value::Null],
        };
        let done = cancel::poll(PATIENCE, || {
            let upload = witness.upload(&witness.processed)?;
            Ok((upload["status"] == "PROCESSED").then_some(()))
        })?;
        done.context("the witness's upload is not processed")?;
        witness.before = witness.uploads()?;
        Ok(witness)
    }

    fn uploads(&self) -> Result<[Value; 2]> {
        Ok([self.upload(&self.processed)?, self.upload(&self.pending)?])
    }

    fn upload(&self, id: &str) -> Result<Value> {
        let api = self.deployment.api()?;
        let answer = api.get(&format!("/uploads/{id}"), Some(&self.token))?;
        let mut upload = answer.success("GET /uploads/{upload_id}")?.json()?;
        // Its URLs are signed anew each time, and the reconciler looks at what is pending.
        for member in ["download", "updated_at"] {
            upload[member] = Value::Null;
        }
        Ok(upload)
    }

    fn ensure_unseen(&self, answer: &Answer) -> Result<()> {
        for secret in [self.name, &self.subject] {
            ensure!(
                !answer.body.contains(secret),
                "{secret} is seen by another: {}",
                answer.body
            );
        }
        Ok(())
    }

    fn ensure_untouched(&self) -> Result<()> {
        let after = self.uploads()?;
        ensure!(
            after == self.before,
            "it was {:?}, and is {after:?}",
            self.before
        );
        let listed = self.deployment.api()?.get("/uploads", Some(&self.token))?;
        let listed = listed.success("GET /uploads")?.json()?["uploads"]
            .as_array()
            .map(Vec::len);
        ensure!(listed == Some(2), "the witness has {listed:?} uploads");
        Ok(())
    }
}
