//! Terraform, or what started it, stops in the middle of an apply.
#![allow(clippy::unwrap_used)]

mod support;

use std::{
    fs,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use support::{Sandbox, has_terraform};

/// A task that notes its own process, its child's and its provider's, and goes on for long.
const TASK: &str = r#"
    resource "notes_task" "it" {
      command = "sleep 300 & echo $! $$ $PPID > pids.new; mv pids.new pids; wait"
    }
"#;

/// An apply that has reached the task.
struct Apply {
    sandbox: Sandbox,
    terraform: Child,
    /// The task's processes, and the provider last.
    processes: Vec<Pid>,
}

fn begin() -> Apply {
    let sandbox = Sandbox::new();
    sandbox.configure(TASK);
    let mut command = sandbox.command(&["apply", "-auto-approve"]);
    let terraform = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pids = sandbox.path("pids");
    wait_until(Duration::from_secs(30), || pids.exists());
    let pids = fs::read_to_string(pids).unwrap();
    let processes = pids
        .split_whitespace()
        .map(|pid| Pid::from_raw(pid.parse().unwrap()).unwrap());
    Apply {
        processes: processes.collect(),
        sandbox,
        terraform,
    }
}

fn wait_until(limit: Duration, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < limit, "not within {limit:?}");
        sleep(Duration::from_millis(20));
    }
}

fn all_gone(processes: &[Pid]) -> bool {
    processes
        .iter()
        .all(|process| test_kill_process(*process).is_err())
}

#[test]
fn an_interrupted_apply_leaves_no_process_and_a_consistent_state() {
    if !has_terraform() {
        return;
    }
    let mut apply = begin();
    kill_process(Pid::from_child(&apply.terraform), Signal::INT).unwrap();
    wait_until(Duration::from_secs(2), || all_gone(&apply.processes));
    assert!(!apply.terraform.wait().unwrap().success());
    assert!(apply.sandbox.state("notes_task.it").is_null());
    apply
        .sandbox
        .configure("resource \"notes_task\" \"it\" { command = \"echo done\" }");
    apply.sandbox.apply();
    assert_eq!(apply.sandbox.state("notes_task.it")["output"], "done\n");
}

#[test]
fn an_interrupt_of_the_provider_alone_does_nothing() {
    if !has_terraform() {
        return;
    }
    let mut apply = begin();
    let provider = *apply.processes.last().unwrap();
    kill_process(provider, Signal::INT).unwrap();
    sleep(Duration::from_millis(500));
    assert!(test_kill_process(provider).is_ok());
    assert!(apply.terraform.try_wait().unwrap().is_none());
    kill_process(Pid::from_child(&apply.terraform), Signal::INT).unwrap();
    apply.terraform.wait().unwrap();
}

#[test]
fn a_provider_does_not_outlive_its_terraform() {
    if !has_terraform() {
        return;
    }
    let mut apply = begin();
    apply.terraform.kill().unwrap();
    apply.terraform.wait().unwrap();
    wait_until(Duration::from_secs(5), || all_gone(&apply.processes));
}
