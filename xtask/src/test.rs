//! `cargo xtask test`: every test, counted.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;
use sandbox::{Progress, process, project::Project};

use crate::steps::step;

mod modules;
mod tally;

use tally::Tally;

#[derive(Args)]
pub struct Arguments {
    /// Leave out whatever needs an embedded AWS or the AWS provider.
    #[arg(long)]
    fast: bool,
}

/// Runs all suites, the later ones also when an earlier one fails.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    let mut total = Tally::default();
    total += step("Unit and protocol tests", |progress| {
        cargo_test(
            project,
            "unit",
            &["--workspace", "--exclude", "acceptance-tests"],
            progress,
        )
    })?;
    if !arguments.fast {
        total += step("Tests of the Terraform modules", |progress| {
            modules::run(project, progress)
        })?;
        total += step("Acceptance tests on the embedded AWS", |progress| {
            cargo_test(
                project,
                "acceptance",
                &["--package", "acceptance-tests"],
                progress,
            )
        })?;
    }
    for reason in &total.skipped {
        println!("skipped: {reason}");
    }
    println!("tests: {total}");
    if total.failed > 0 {
        bail!("{} tests failed", total.failed);
    }
    Ok(())
}

fn cargo_test(project: &Project, name: &str, args: &[&str], progress: Progress) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command
        .args(["test", "--no-fail-fast"])
        .args(args)
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target());
    let mut tally = Tally::default();
    let finished = process::run(
        &mut command,
        &project.log(&format!("test-{name}")),
        |line| {
            tally.read_cargo(line);
            progress(line.trim());
        },
    )?;
    tally.close(&finished, &format!("cargo test ({name})"))
}
