//! Shows what is going on: a spinner while a step runs, one line when it is done.
//!
//! Everything goes to standard error, so that standard output holds results alone.

use std::{
    io::{IsTerminal, stderr},
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use sandbox::Progress;

/// How often a long step speaks where no terminal shows its spinner.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Runs `work` as a step called `name` and prints its time.
pub fn step<T>(name: &str, work: impl FnOnce(Progress) -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed} {wide_msg:.dim}")
    {
        bar.set_style(style);
    }
    bar.set_prefix(name.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));

    let spoken = Mutex::new(Instant::now());
    let result = work(&|message| {
        bar.set_message(message.to_owned());
        if let Ok(mut spoken) = spoken.lock()
            && !stderr().is_terminal()
            && spoken.elapsed() >= HEARTBEAT
        {
            eprintln!("  … {name}: {message}");
            *spoken = Instant::now();
        }
    });
    bar.finish_and_clear();
    let mark = if result.is_ok() { '✓' } else { '✗' };
    eprintln!(
        "{mark} {name:<58} {:>7.1} s",
        started.elapsed().as_secs_f64()
    );
    result
}
