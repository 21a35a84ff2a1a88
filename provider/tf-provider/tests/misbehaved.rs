//! Providers that misbehave: they block, ignore their cancellation, or panic at the start.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, fs};

use rustix::process::{Pid, Signal, kill_process};
use support::plugin::{COOKIE, Plugin};
use tf_provider::proto::provider_client::ProviderClient;
use tf_provider::proto::{self, DynamicValue};
use tf_provider::schema::*;
use tf_provider::value::Value;
use tf_provider::*;

/// Says to the process that is started how to misbehave.
const MANNER: &str = "MISBEHAVE";

/// Makes this test's own binary the provider, where it is started so.
#[test]
fn as_provider() {
    if env::var(MANNER).is_ok() {
        serve(Misbehaved);
    }
}

struct Misbehaved;

impl Provider for Misbehaved {
    const ADDRESS: &'static str = "example/misbehaved";
    const VERSION: &'static str = "1.0.0";
    type Config = NoConfig;
    type Client = ();

    fn catalog(&self) -> Catalog<()> {
        match env::var(MANNER).as_deref() {
            Ok("panic") => panic!("no catalog today"),
            _ => Catalog::new().resource(Endless),
        }
    }

    async fn configure(&self, _: &Context<()>, _: NoConfig) -> Result<()> {
        Ok(())
    }
}

model! {
    /// Takes long.
    struct Work {
        /// A file that shows that it has begun.
        started: Attr<String> = required(),
    }
}

struct Endless;

impl Resource for Endless {
    const NAME: &'static str = "misbehaved_endless";
    type Client = ();
    type Model = Work;

    async fn create(&self, _: &Context<()>, work: Work) -> Result<Work> {
        fs::write(work.started.get()?, "")?;
        match env::var(MANNER).as_deref() {
            Ok("block") => sleep(Duration::from_secs(60)),
            _ => tokio::time::sleep(Duration::from_secs(60)).await,
        }
        Ok(work)
    }

    async fn read(&self, _: &Context<()>, work: Work) -> Result<Option<Work>> {
        Ok(Some(work))
    }

    async fn delete(&self, _: &Context<()>, _: Work) -> Result<()> {
        Ok(())
    }
}

fn misbehaving(manner: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["as_provider", "--exact", "--nocapture"])
        .env(COOKIE.0, COOKIE.1)
        .env(MANNER, manner);
    command
}

/// Starts a provider, has it create as many objects as it has threads and more, and
/// terminates it with the connection open.
#[track_caller]
fn assert_ends(manner: &str) {
    let mut child = misbehaving(manner).stdout(Stdio::piped()).spawn().unwrap();
    // The test's own lines come first.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let handshake = lines.find_map(|line| {
        let line = line.unwrap();
        Some(line[line.find("1|6|")?..].to_owned())
    });
    let mut plugin = Plugin::announced(child, &handshake.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let channel = runtime.block_on(plugin.connect(None));
    let threads = std::thread::available_parallelism().unwrap().get();
    for at in 0..threads + 2 {
        let mut client = ProviderClient::new(channel.clone());
        let file = folder.path().join(at.to_string());
        runtime.spawn(async move { client.apply_resource_change(creation(&file)).await });
    }
    let begun = || fs::read_dir(folder.path()).unwrap().count();
    wait_until(Duration::from_secs(20), || begun() >= threads);
    kill_process(Pid::from_child(&plugin.child), Signal::TERM).unwrap();
    // Three seconds are an operation's, the rest is the process's own.
    wait_until(Duration::from_secs(5), || {
        plugin.child.try_wait().unwrap().is_some()
    });
}

fn creation(file: &std::path::Path) -> proto::apply_resource_change::Request {
    let encode = |value: Value| {
        Some(DynamicValue {
            msgpack: value.to_msgpack(),
            json: Vec::new(),
        })
    };
    let work = || Value::object([("started", Value::string(file.display().to_string()))]);
    proto::apply_resource_change::Request {
        type_name: Endless::NAME.to_owned(),
        prior_state: encode(Value::Null),
        planned_state: encode(work()),
        config: encode(work()),
        ..Default::default()
    }
}

fn wait_until(limit: Duration, mut condition: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < limit, "not within {limit:?}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn operations_that_ignore_their_cancellation_do_not_keep_a_provider() {
    assert_ends("ignore");
}

#[test]
fn operations_that_block_every_thread_do_not_keep_a_provider() {
    assert_ends("block");
}

#[test]
fn a_panic_at_the_start_is_printed() {
    let Output { status, stderr, .. } = misbehaving("panic").output().unwrap();
    assert!(!status.success());
    let error = String::from_utf8(stderr).unwrap();
    assert!(error.contains("no catalog today"), "{error}");
}
