//! Child processes that never outlive their purpose.
//!
//! Each child leads a process group of its own, so that Ctrl-C in a terminal
//! reaches only this process, which then ends the child's whole group in order.

use std::{
    fs::File,
    io::{BufReader, Read, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::cancel;

/// How long a group may take to end after SIGTERM before it gets SIGKILL.
const GRACE: Duration = Duration::from_secs(10);

/// A running child and everything that it starts; dropped, the whole group ends.
#[derive(Debug)]
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts `command` as the leader of a new process group.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Self { child })
    }

    /// Starts another member of the group, which ends with it.
    pub fn spawn_member(&self, command: &mut Command) -> Result<()> {
        let group = i32::try_from(self.id()).context("a process id is positive")?;
        command
            .process_group(group)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(())
    }

    /// The process id, which is also the group's.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The exit status, when the leader has ended.
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Lets the child run on after this process.
    pub fn detach(self) {
        std::mem::forget(self);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        end_group(self.child.id(), || {
            matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
        });
        let _ = self.child.wait();
    }
}

/// Ends the process group `id`: SIGTERM, then SIGKILL when `ended` is not true in time.
///
/// Members that outlive their leader get SIGKILL too.
pub fn end_group(id: u32, mut ended: impl FnMut() -> bool) {
    let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    let deadline = Instant::now() + GRACE;
    if !ended() && kill_process_group(group, Signal::TERM).is_ok() {
        while !ended() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
    }
    let _ = kill_process_group(group, Signal::KILL);
}

/// Kills the process `id` with SIGKILL; returns whether there was one.
pub fn kill(id: u32) -> bool {
    let process = i32::try_from(id).ok().and_then(Pid::from_raw);
    process.is_some_and(|process| kill_process(process, Signal::KILL).is_ok())
}

/// What a finished command said.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything on standard output.
    pub stdout: String,
    /// The last lines of both streams, in the order of their arrival.
    pub tail: Vec<String>,
    /// The file that holds all of both streams.
    pub log: PathBuf,
}

impl Finished {
    /// Fails, with the last lines and the log's path, unless the command succeeded.
    pub fn success(self, what: &str) -> Result<Self> {
        if self.status.success() {
            return Ok(self);
        }
        bail!(
            "{what} failed ({}). Its last lines:\n{}\nAll of it: {}",
            self.status,
            self.tail
                .iter()
                .map(|line| format!("    {line}\n"))
                .collect::<String>(),
            self.log.display()
        );
    }
}

#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

/// Runs `command` to its end, without standard input.
///
/// Each line of both streams goes to the file `log` (replaced) and to
/// `on_line`; a carriage return ends a line too, so that progress bars can be
/// followed. Asked to stop, it ends the command's group and fails with
/// [`cancel::Cancelled`].
pub fn run(command: &mut Command, log: &Path, mut on_line: impl FnMut(&str)) -> Result<Finished> {
    const TAIL: usize = 40;
    cancel::check()?;
    let mut file =
        File::create(log).with_context(|| format!("cannot write the log {}", log.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = Group::spawn(command)?;

    let (lines, received) = mpsc::channel();
    if let Some(out) = group.child.stdout.take() {
        read_lines(out, Stream::Out, lines.clone());
    }
    if let Some(err) = group.child.stderr.take() {
        read_lines(err, Stream::Err, lines);
    }

    let (mut stdout, mut tail) = (String::new(), Vec::new());
    loop {
        match received.recv_timeout(Duration::from_millis(100)) {
            Ok((stream, line)) => {
                writeln!(file, "{line}")?;
                on_line(&line);
                if matches!(stream, Stream::Out) {
                    stdout.push_str(&line);
                    stdout.push('\n');
                }
                if tail.len() == TAIL {
                    tail.remove(0);
                }
                tail.push(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        cancel::check()?;
    }
    let status = cancel::poll(GRACE, || group.try_wait())?
        .context("the command closed its output and does not end")?;
    Ok(Finished {
        status,
        stdout,
        tail,
        log: log.to_owned(),
    })
}

fn read_lines(from: impl Read + Send + 'static, stream: Stream, to: Sender<(Stream, String)>) {
    thread::spawn(move || {
        let mut line = Vec::new();
        for byte in BufReader::new(from).bytes().map_while(Result::ok) {
            if byte != b'\n' && byte != b'\r' {
                line.push(byte);
            } else if !line.is_empty() || byte == b'\n' {
                let text = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                if to.send((stream, text)).is_err() {
                    return;
                }
            }
        }
        if !line.is_empty() {
            let _ = to.send((stream, String::from_utf8_lossy(&line).into_owned()));
        }
    });
}
