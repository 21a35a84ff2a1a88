//! Child processes that end with all that they started.

use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

/// How long a child has to end by itself after SIGTERM. Terraform's user waits for it.
const GRACE: Duration = Duration::from_millis(1500);

/// Runs `command` to its end and gives what it printed; none if it was cancelled.
///
/// The child leads a process group of its own: a terminal's Ctrl-C does not
/// reach it, and on cancellation all of the group gets SIGTERM, and SIGKILL
/// after 1.5 seconds. If the future is dropped, the group is killed at once.
pub async fn output(
    command: &mut Command,
    cancellation: &CancellationToken,
) -> io::Result<Option<Output>> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let child = command.spawn()?;
    let mut group = Group(
        child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)),
    );
    let waiting = child.wait_with_output();
    tokio::pin!(waiting);
    tokio::select! {
        output = &mut waiting => {
            // What the command left running on purpose is its own.
            group.0 = None;
            return output.map(Some);
        }
        () = cancellation.cancelled() => {}
    }
    group.signal(Signal::TERM);
    // However it ends: it was cancelled.
    let _ = tokio::time::timeout(GRACE, waiting).await;
    Ok(None)
}

/// Kills what is left of a process group when it is dropped.
struct Group(Option<Pid>);

impl Group {
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            // There is nothing left of it.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}
