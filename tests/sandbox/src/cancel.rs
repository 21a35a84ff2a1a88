//! One flag for the whole process: has somebody asked it to stop?
//!
//! Whoever owns `main` calls [`on_signals`] first; everything that waits calls
//! [`check`] and unwinds, so that each guard on the way out ends its own child.

use std::{
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The work was stopped by SIGINT, SIGTERM or SIGHUP.
#[derive(Debug)]
pub struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped on request")
    }
}

impl std::error::Error for Cancelled {}

/// Makes SIGINT, SIGTERM and SIGHUP ask all work of this process to stop.
///
/// Called again, by another test of the same process, it does nothing.
pub fn on_signals() -> anyhow::Result<()> {
    static INSTALLED: Once = Once::new();
    let mut result = Ok(());
    INSTALLED.call_once(|| {
        result = ctrlc::set_handler(|| REQUESTED.store(true, Ordering::SeqCst));
    });
    result.context("cannot handle Ctrl-C")
}

/// Fails with [`Cancelled`] once a signal has come.
pub fn check() -> Result<(), Cancelled> {
    if REQUESTED.load(Ordering::SeqCst) {
        Err(Cancelled)
    } else {
        Ok(())
    }
}

/// Calls `probe` every 100 ms until it gives a value.
///
/// Returns `None` when `limit` has passed, and fails when `probe` does or when
/// the process was asked to stop.
pub fn poll<T>(
    limit: Duration,
    mut probe: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<Option<T>> {
    let end = Instant::now() + limit;
    loop {
        check()?;
        if let Some(value) = probe()? {
            return Ok(Some(value));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(100));
    }
}
