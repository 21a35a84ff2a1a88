//! Child processes that end with everything they started.

use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// A child in a process group of its own. Dropping it ends the group: cargo, rustc, linkers and
/// build scripts.
struct Group {
    child: Child,
    /// None once the child is reaped, when the number may be another process's.
    id: Option<Pid>,
}

impl Group {
    fn spawn(command: &mut Command) -> std::io::Result<Self> {
        // A terminal sends Ctrl-C to its foreground group; the caller decides when a build ends, so
        // it is not in there.
        let child = command.process_group(0).kill_on_drop(true).spawn()?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Self { child, id })
    }

    async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        let status = self.child.wait().await;
        self.id = None;
        status
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            // It may have ended by itself just now; then there is nothing to end.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Runs a command to its end and hands over what it prints, line by line. On its error output, a
/// carriage return ends a line too: progress bars are drawn so. Dropping the future ends the
/// command.
pub(crate) async fn run(
    command: &mut Command,
    mut on_output: impl FnMut(&str),
    mut on_error_output: impl FnMut(&str),
) -> std::io::Result<ExitStatus> {
    let mut group = Group::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (output, errors) = (group.child.stdout.take(), group.child.stderr.take());
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
    tokio::try_join!(read_output, read_errors)?;
    group.wait().await
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
