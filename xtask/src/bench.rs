//! `cargo xtask bench`: what is measured, and never asserted in a test.

use anyhow::{Result, ensure};
use sandbox::{Progress, cargo, project::Project};

use crate::steps::step;

/// Measures the provider's start; prints one line for each figure.
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
    for line in figures {
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
