//! From the start of a provider to its first answer, as Terraform starts it: a P-521 certificate,
//! the handshake, mutual TLS, GetMetadata.
//!
//! `cargo bench -p tf-provider --bench start [-- PROVIDER...]` measures the example provider, and
//! every further one that is named by its path.

#![allow(clippy::unwrap_used)]

#[path = "../tests/support/plugin.rs"]
mod plugin;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use plugin::{Identity, Plugin, metadata};

/// Enough that the median does not move from one run to the next.
const RUNS: usize = 50;

/// A year in which a certificate is valid still.
const VALID: i32 = 2090;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // cargo adds flags of its own.
    let named = env::args().skip(1).filter(|word| !word.starts_with('-'));
    let providers = named.map(PathBuf::from);
    println!("{RUNS} starts each, in milliseconds: median (90th percentile)");
    for provider in [example()].into_iter().chain(providers) {
        let starts: Vec<_> = (0..RUNS)
            .map(|_| runtime.block_on(start(&provider)))
            .collect();
        let elapsed = summary(starts.iter().map(|start| start.elapsed));
        let own = summary(starts.iter().map(|start| start.processor));
        let name = provider.file_name().unwrap().to_string_lossy();
        println!("{name}: {elapsed} until the first answer, {own} of them the provider's own");
    }
}

/// One start.
struct Start {
    /// From its beginning to the first answer, with the client's part in it.
    elapsed: Duration,
    /// What the provider's threads have used of processors by then.
    processor: Duration,
}

async fn start(provider: &Path) -> Start {
    let parent = Identity::until(VALID);
    let begin = Instant::now();
    let plugin = Plugin::start(provider, Some(&parent));
    let channel = plugin.connect(Some(Some(&parent))).await;
    metadata(channel).await.unwrap();
    Start {
        elapsed: begin.elapsed(),
        processor: processor_time(plugin.child.id()),
    }
}

/// What the threads of a process have used, by the first number of `schedstat` in nanoseconds
/// (`Documentation/scheduler/sched-stats.rst` of Linux).
fn processor_time(process: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let used = threads.map(|thread| {
        let text = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
        let nanoseconds = text.split(' ').next().unwrap().parse().unwrap();
        Duration::from_nanos(nanoseconds)
    });
    used.sum()
}

fn summary(times: impl Iterator<Item = Duration>) -> String {
    let mut times: Vec<_> = times.map(|time| time.as_secs_f64() * 1000.0).collect();
    times.sort_by(f64::total_cmp);
    let (median, high) = (times[times.len() / 2], times[times.len() * 9 / 10]);
    format!("{median:.1} ({high:.1})")
}

/// The example provider, optimised as a released one is.
fn example() -> PathBuf {
    let bench = env::current_exe().unwrap();
    let folder = bench.ancestors().nth(2).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", env!("CARGO_PKG_NAME")])
        .args(["--example", "terraform-provider-notes", "--target-dir"])
        .arg(folder.parent().unwrap())
        .status();
    assert!(
        built.unwrap().success(),
        "the example provider does not compile"
    );
    folder.join("examples/terraform-provider-notes")
}
