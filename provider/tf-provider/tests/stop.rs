//! Terraform, or what started it, stops in the middle of an apply.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use support::Sandbox;
use tf_provider::process;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

/// Tasks at the same time. Each notes its child's process, its own and its provider's,
/// and goes on for long. It needs a moment to clean up.
const TASKS: &str = r#"
    resource "notes_task" "it" {
      count   = 3
      command = <<-EOT
        trap 'sleep 0.7; touch cleaned${count.index}; exit' TERM
        sleep 300 &
        echo $! $$ $PPID > new${count.index}
        mv new${count.index} pids${count.index}
        wait
      EOT
    }
"#;

/// An apply that has reached every task.
struct Apply {
    sandbox: Sandbox,
    terraform: Child,
    /// The tasks' processes, and the provider last.
    processes: Vec<Pid>,
}

impl Apply {
    /// Waits until nothing runs any more, and every task has cleaned up.
    fn assert_gone(&self, limit: Duration) {
        wait_until(limit, || all_gone(&self.processes));
        for task in 0..3 {
            assert!(self.sandbox.path(format!("cleaned{task}")).exists());
        }
    }
}

fn begin() -> Apply {
    let sandbox = Sandbox::new();
    sandbox.configure(TASKS);
    let mut command = sandbox.command(&["apply", "-auto-approve"]);
    let terraform = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let pids = [0, 1, 2].map(|task| sandbox.path(format!("pids{task}")));
    wait_until(Duration::from_secs(30), || pids.iter().all(|p| p.exists()));
    Apply {
        processes: pids.iter().flat_map(|pids| read_pids(pids)).collect(),
        sandbox,
        terraform,
    }
}

fn read_pids(path: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(path).unwrap();
    let pids = text.split_whitespace().map(|pid| pid.parse().unwrap());
    pids.map(|pid| Pid::from_raw(pid).unwrap()).collect()
}

fn wait_until(limit: Duration, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < limit, "not within {limit:?}");
        sleep(Duration::from_millis(20));
    }
}

fn all_gone(processes: &[Pid]) -> bool {
    processes.iter().all(|process| is_gone(*process))
}

/// Whether a process has ended, though nobody may have taken note yet: a
/// container's first process need not be one that does.
fn is_gone(process: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    stat.map_or(true, |stat| {
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| rest.starts_with(" Z"))
    })
}

#[test]
fn an_interrupted_apply_leaves_no_process_and_a_consistent_state() {
    let mut apply = begin();
    // As a terminal does: the provider gets it as well.
    kill_process_group(Pid::from_child(&apply.terraform), Signal::INT).unwrap();
    apply.assert_gone(Duration::from_secs(2));
    assert!(!apply.terraform.wait().unwrap().success());
    assert!(apply.sandbox.state("notes_task.it[0]").is_null());
    apply
        .sandbox
        .configure("resource \"notes_task\" \"it\" { command = \"echo done\" }");
    apply.sandbox.apply();
    assert_eq!(apply.sandbox.state("notes_task.it")["output"], "done\n");
}

#[test]
fn an_interrupt_of_the_provider_alone_does_nothing() {
    let mut apply = begin();
    let provider = *apply.processes.last().unwrap();
    kill_process(provider, Signal::INT).unwrap();
    sleep(Duration::from_millis(500));
    assert!(!is_gone(provider));
    assert!(apply.terraform.try_wait().unwrap().is_none());
    kill_process(Pid::from_child(&apply.terraform), Signal::INT).unwrap();
    apply.terraform.wait().unwrap();
}

#[test]
fn a_provider_does_not_outlive_its_terraform() {
    let mut apply = begin();
    apply.terraform.kill().unwrap();
    apply.terraform.wait().unwrap();
    apply.assert_gone(Duration::from_secs(5));
}

#[test]
fn a_provider_that_is_terminated_ends_what_it_runs() {
    let mut apply = begin();
    kill_process(*apply.processes.last().unwrap(), Signal::TERM).unwrap();
    apply.assert_gone(Duration::from_secs(5));
    assert!(!apply.terraform.wait().unwrap().success());
    assert!(apply.sandbox.state("notes_task.it[0]").is_null());
}

#[tokio::test]
async fn what_a_command_prints_is_given() {
    let mut command = shell("echo out; echo err >&2; exit 3");
    let output = process::output(&mut command, &CancellationToken::new()).await;
    let output = output.unwrap().unwrap();
    assert_eq!(
        (output.stdout, output.stderr),
        (b"out\n".to_vec(), b"err\n".to_vec())
    );
    assert_eq!(output.status.code(), Some(3));
}

#[tokio::test]
async fn a_cancelled_command_ends_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    // It ignores SIGTERM, and so does what it started.
    let script = format!(
        "trap '' TERM; sleep 60 & echo $$ $! > {0}.new; mv {0}.new {0}; wait",
        pids.display()
    );
    let token = CancellationToken::new();
    let stop = token.clone();
    let started = pids.clone();
    tokio::spawn(async move {
        while !started.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
    });
    assert!(
        process::output(&mut shell(&script), &token)
            .await
            .unwrap()
            .is_none()
    );
    let pids = read_pids(&pids);
    assert_eq!(pids.len(), 2);
    wait_until(Duration::from_secs(1), || all_gone(&pids));
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script);
    command
}
