//! Calls of functions: how they stop, and how they name the argument at fault.
#![allow(clippy::unwrap_used)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tf_provider::schema::*;
use tf_provider::value::Value;
use tf_provider::{proto, testing, *};
use tokio::time::{sleep, timeout};

/// How many calls of [`Endless`] run now, and hold their memory.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// How many calls of [`Blocked`] have begun.
static BLOCKED: AtomicUsize = AtomicUsize::new(0);

/// Counts itself in [`RUNNING`] until it is dropped.
struct Held;

impl Held {
    fn new() -> Self {
        RUNNING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

struct Functions;

impl Provider for Functions {
    const ADDRESS: &'static str = "example/functions";
    const VERSION: &'static str = "1.0.0";
    type Config = NoConfig;
    type Client = ();

    fn catalog(&self) -> Catalog<()> {
        Catalog::new()
            .function(Endless)
            .function(Blocked)
            .function(Sum)
    }

    async fn configure(&self, _: &Context<()>, _: NoConfig) -> Result<()> {
        Ok(())
    }
}

model! {
    /// Never returns.
    struct EndlessArguments {}
}

/// A function that ignores its cancellation.
struct Endless;

impl Function for Endless {
    const NAME: &'static str = "endless";
    type Client = ();
    type Arguments = EndlessArguments;
    type Output = bool;

    async fn run(&self, _: &Context<()>, _: EndlessArguments) -> Result<bool, FunctionError> {
        let _held = Held::new();
        std::future::pending().await
    }
}

/// Lets [`Blocked`] go on.
static RELEASE: Mutex<()> = Mutex::new(());

/// A function that blocks its thread.
struct Blocked;

impl Function for Blocked {
    const NAME: &'static str = "blocked";
    type Client = ();
    type Arguments = EndlessArguments;
    type Output = bool;

    async fn run(&self, _: &Context<()>, _: EndlessArguments) -> Result<bool, FunctionError> {
        BLOCKED.fetch_add(1, Ordering::SeqCst);
        drop(RELEASE.lock());
        Ok(true)
    }
}

model! {
    /// Adds numbers.
    struct SumArguments {
        /// The first.
        first: u64 = required(),
        /// The others.
        more: Vec<u64> = required(),
    }
}

struct Sum;

impl Function for Sum {
    const NAME: &'static str = "sum";
    const VARIADIC: bool = true;
    type Client = ();
    type Arguments = SumArguments;
    type Output = u64;

    async fn run(&self, _: &Context<()>, all: SumArguments) -> Result<u64, FunctionError> {
        Ok(all.first + all.more.iter().sum::<u64>())
    }
}

fn call(name: &str, arguments: &[Value]) -> proto::call_function::Request {
    let encode = |value: &Value| proto::DynamicValue {
        msgpack: value.to_msgpack(),
        json: Vec::new(),
    };
    proto::call_function::Request {
        name: name.to_owned(),
        arguments: arguments.iter().map(encode).collect(),
    }
}

async fn until(counter: &AtomicUsize, calls: usize) {
    let reached = async {
        while counter.load(Ordering::SeqCst) != calls {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let reached = timeout(Duration::from_secs(10), reached).await;
    assert!(
        reached.is_ok(),
        "{} calls run",
        counter.load(Ordering::SeqCst)
    );
}

#[tokio::test]
async fn stops_a_function_and_frees_its_memory_on_stop_and_when_its_call_is_dropped() {
    let mut client = testing::client(Functions);
    let mut other = client.clone();
    let running = tokio::spawn(async move { other.call_function(call("endless", &[])).await });
    until(&RUNNING, 1).await;
    let stop = proto::stop_provider::Request {};
    client.stop_provider(stop).await.unwrap();
    let answer = timeout(Duration::from_secs(10), running).await;
    let answer = answer.expect("the function ignores StopProvider");
    let error = answer.unwrap().unwrap().into_inner().error.unwrap();
    assert!(error.text.starts_with("Stopped"), "{}", error.text);
    until(&RUNNING, 0).await;

    let mut other = client.clone();
    let running = tokio::spawn(async move { other.call_function(call("endless", &[])).await });
    until(&RUNNING, 1).await;
    running.abort();
    until(&RUNNING, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[allow(clippy::await_holding_lock)]
async fn does_not_wait_for_a_function_that_blocks_its_thread() {
    let held = RELEASE.lock().unwrap();
    let mut client = testing::client(Functions);
    let mut other = client.clone();
    let running = tokio::spawn(async move { other.call_function(call("blocked", &[])).await });
    until(&BLOCKED, 1).await;
    let stop = proto::stop_provider::Request {};
    client.stop_provider(stop).await.unwrap();
    let answer = timeout(Duration::from_secs(10), running).await;
    drop(held);
    let answer = answer.expect("the answer waits for the function");
    let error = answer.unwrap().unwrap().into_inner().error.unwrap();
    assert!(error.text.starts_with("Stopped"), "{}", error.text);
}

#[tokio::test]
async fn names_the_argument_at_fault_and_its_position() {
    let mut client = testing::client(Functions);
    let number = |number: i64| Value::Number(number.into());
    for (arguments, position, text) in [
        (
            vec![number(-1)],
            Some(0),
            "Argument 1 (first): expected a whole number from 0 to 18446744073709551615, found -1.",
        ),
        (
            vec![number(1), number(2), number(-3)],
            Some(2),
            "Argument 3 (more): expected a whole number from 0 to 18446744073709551615, found -3.",
        ),
        (
            vec![number(1), number(2), Value::Bool(true)],
            Some(2),
            "Argument 3 (more): expected number, found bool.",
        ),
        (vec![], None, "Expected at least 1 arguments, found 0."),
    ] {
        let answer = client.call_function(call("sum", &arguments)).await;
        let error = answer.unwrap().into_inner().error.unwrap();
        assert_eq!(
            (error.function_argument, error.text.as_str()),
            (position, text)
        );
    }
}
