//! Standard error that nobody may be reading: writing to it never waits.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many bytes wait for their reader before further lines are dropped.
const LIMIT: usize = 1 << 20;

static STDERR: LazyLock<Queue> = LazyLock::new(|| {
    // Not `io::stderr()`, whose lock would make everybody wait who prints.
    let stderr = io::stderr().as_fd().try_clone_to_owned();
    Queue::to(stderr.map(File::from).ok())
});

/// Writes a line, its end included, or drops it where too many wait.
pub fn write(line: impl Into<Vec<u8>>) {
    STDERR.push(line.into());
}

/// Waits until everything is written, or for this long.
pub fn flush(limit: Duration) {
    STDERR.flush(limit);
}

/// Lines that a thread of their own writes, oldest first.
struct Queue(Arc<(Mutex<Waiting>, Condvar)>);

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped: usize,
    /// Whether the thread has a line in its hands.
    writing: bool,
}

impl Queue {
    fn to(target: Option<impl Write + Send + 'static>) -> Self {
        let shared = Arc::<(Mutex<Waiting>, Condvar)>::default();
        if let Some(target) = target {
            let shared = shared.clone();
            // Without its thread the lines wait, up to the limit, for the end.
            let _ = std::thread::Builder::new()
                .name("stderr".to_owned())
                .spawn(move || drain(&shared, target));
        }
        Self(shared)
    }

    fn push(&self, line: Vec<u8>) {
        let mut waiting = lock(&self.0.0);
        if waiting.bytes + line.len() > LIMIT {
            waiting.dropped += 1;
        } else {
            waiting.bytes += line.len();
            waiting.lines.push_back(line);
            self.0.1.notify_all();
        }
    }

    fn flush(&self, limit: Duration) {
        let waiting = lock(&self.0.0);
        let busy = |waiting: &mut Waiting| waiting.writing || !waiting.lines.is_empty();
        let _ = self.0.1.wait_timeout_while(waiting, limit, busy);
    }
}

/// Writes what comes, for as long as the process lives.
fn drain(shared: &(Mutex<Waiting>, Condvar), mut target: impl Write) {
    let (waiting, changed) = shared;
    loop {
        let mut waiting = lock(waiting);
        waiting.writing = false;
        changed.notify_all();
        let line = loop {
            if let Some(line) = waiting.next() {
                break line;
            }
            waiting = changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        };
        waiting.writing = true;
        drop(waiting);
        // Nobody is left to tell that it cannot be written.
        let _ = target.write_all(&line);
    }
}

impl Waiting {
    /// Takes the oldest line, and after the last one says how many were dropped.
    fn next(&mut self) -> Option<Vec<u8>> {
        if let Some(line) = self.lines.pop_front() {
            self.bytes -= line.len();
            return Some(line);
        }
        let dropped = std::mem::take(&mut self.dropped);
        (dropped > 0).then(|| {
            let note = "log lines were dropped, because nobody read standard error";
            format!("{{\"@level\":\"warn\",\"@message\":\"{dropped} {note}\"}}\n").into_bytes()
        })
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    #[test]
    fn drops_what_nobody_reads_and_counts_it() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let queue = Queue::to(Some(writer));
        let line = format!("{}\n", "x".repeat(1 << 16));
        let pushed = 40;
        for _ in 0..pushed {
            queue.push(line.clone().into_bytes());
        }
        let mut lines = BufReader::new(reader).lines();
        let mut next = || lines.next().expect("a line").expect("text");
        let mut read = 0;
        let note = loop {
            match next() {
                text if text.starts_with('x') => read += 1,
                text => break text,
            }
        };
        let dropped = pushed - read;
        assert!(dropped > 0);
        let note: serde_json::Value = serde_json::from_str(&note).expect("JSON");
        let message = note["@message"].as_str().expect("a message");
        assert!(
            message.starts_with(&format!("{dropped} log lines")),
            "{message}"
        );
        queue.push(b"after\n".to_vec());
        assert_eq!(next(), "after");
    }
}
