//! `cargo xtask bench`: what is measured, and never asserted in a test.

mod package;
mod plan;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sandbox::{Progress, cargo, project::Project};

use crate::{compiled, steps::step};

/// The functions that are packaged; the first is of about 15 MB.
const FUNCTIONS: [&str; 4] = [
    "upload-api",
    "upload-processor",
    "items-api",
    "order-system",
];

/// How often a command is timed.
const RUNS: usize = 11;

/// Measures the provider's start, its plans and its packaging; prints one line for each figure.
pub fn run(project: &Project) -> Result<()> {
    step("Optimised build of the provider", |progress| {
        let build = ["build", "--release", "--package", "rustlambda"];
        cargo::run(project, "bench-build", &build, progress, |_| {})?.success("cargo build")
    })?;
    let provider = project
        .target()
        .join("release/terraform-provider-rustlambda")
        .display()
        .to_string();
    let bench = [
        "bench",
        "--package",
        "tf-provider",
        "--bench",
        "start",
        "--",
    ];
    let figures = step("Starts of providers", |progress| {
        figures(project, &[&bench[..], &[&provider]].concat(), progress)
    })?;
    let plan = plan::run(project)?;
    let executable = compiled::find(project, "lambda", FUNCTIONS[0]);
    let executable = executable.context("the provider has compiled no function")?;
    let package = package::run(project, &executable)?;
    for line in figures.into_iter().chain([plan]).chain(package) {
        println!("{line}");
    }
    Ok(())
}

/// What a benchmark prints once it is compiled.
fn figures(project: &Project, args: &[&str], progress: Progress) -> Result<Vec<String>> {
    let finished = cargo::run(project, "bench", args, progress, |_| {})?.success("cargo bench")?;
    let lines: Vec<_> = finished.stdout.lines().map(str::to_owned).collect();
    ensure!(!lines.is_empty(), "the benchmark printed nothing");
    Ok(lines)
}

/// The median, in milliseconds.
fn median(mut runs: Vec<Duration>) -> u128 {
    runs.sort();
    runs[runs.len() / 2].as_millis()
}
