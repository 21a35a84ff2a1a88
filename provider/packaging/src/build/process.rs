//! Child processes that end with everything they started, and with this process.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// Ends its process group as soon as nobody can write to its input any more: when this process has
/// ended, however that came about. The kernel closes the pipe, also after SIGKILL.
///
/// `PR_SET_PDEATHSIG` would reach cargo alone and not what it started, would fire when the thread
/// ends that started cargo, and exists on Linux alone. The crate `process-wrap` has groups and no
/// end with the parent.
const WATCHER: &str = "read -r line; kill -s KILL 0";

/// How long output is waited for that a process wrote before its end.
const REST: Duration = Duration::from_millis(200);

/// A child in a process group of its own. Dropping it ends the group: cargo, rustc, linkers and
/// build scripts.
struct Group {
    /// The group's leader. It is not reaped before the group ends, so that its number stays its own.
    watcher: Child,
}

impl Group {
    /// A terminal sends Ctrl-C to its foreground group; the caller decides when a build ends, so it
    /// is not in there.
    fn start() -> std::io::Result<Self> {
        let watcher = Command::new("/bin/sh")
            .args(["-c", WATCHER])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { watcher })
    }

    fn id(&self) -> Option<i32> {
        self.watcher.id().map(u32::cast_signed)
    }

    fn spawn(&self, command: &mut Command) -> std::io::Result<Child> {
        command
            .process_group(self.id().unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.id().and_then(Pid::from_raw) {
            // Nothing is left to end where it fails.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Runs a command to its end and hands over what it prints, line by line. On its error output, a
/// carriage return ends a line too: progress bars are drawn so. Dropping the future ends the
/// command.
///
/// The end of the command is the end of its process, and not of its output: a daemon that it
/// started keeps that open.
pub(crate) async fn run(
    command: &mut Command,
    mut on_output: impl FnMut(&str),
    mut on_error_output: impl FnMut(&str),
) -> std::io::Result<ExitStatus> {
    let group = Group::start()?;
    let mut child = group.spawn(command)?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let read_output = async {
        let Some(output) = output else { return Ok(()) };
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            on_output(&line);
        }
        std::io::Result::Ok(())
    };
    let read_errors = async {
        let Some(errors) = errors else { return Ok(()) };
        each_drawn_line(errors, &mut on_error_output).await
    };
    let mut reading = std::pin::pin!(async { tokio::try_join!(read_output, read_errors) });
    let status = tokio::select! {
        status = child.wait() => status?,
        read = &mut reading => {
            read?;
            return child.wait().await;
        }
    };
    // Ends what is left of the group, and thereby its output.
    drop(group);
    match tokio::time::timeout(REST, reading).await {
        Ok(read) => read.map(|_| status),
        // Someone outside of the group holds the output open. What the command wrote is read.
        Err(_) => Ok(status),
    }
}

async fn each_drawn_line(
    mut input: impl AsyncRead + Unpin,
    on_line: &mut impl FnMut(&str),
) -> std::io::Result<()> {
    let mut open = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = input.read(&mut buffer).await?;
        for byte in &buffer[..read] {
            match byte {
                b'\n' | b'\r' => {
                    on_line(&String::from_utf8_lossy(&open));
                    open.clear();
                }
                other => open.push(*other),
            }
        }
        if read == 0 {
            if !open.is_empty() {
                on_line(&String::from_utf8_lossy(&open));
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_daemon_that_keeps_the_output_open_does_not_hold_up_the_caller() {
        let mut command = Command::new("sh");
        command.args(["-c", "setsid sleep 40 & echo started"]);
        let mut lines = Vec::new();
        let run = run(&mut command, |line| lines.push(line.to_owned()), |_| ());
        let ended = tokio::time::timeout(Duration::from_secs(20), run).await;
        assert!(ended.expect("sleep still runs").unwrap().success());
        assert_eq!(lines, ["started"]);
    }
}
