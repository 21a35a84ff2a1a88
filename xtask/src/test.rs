//! `cargo xtask test`: every test, counted.

use anyhow::{Result, bail};
use clap::Args;
use sandbox::{Progress, cargo, project::Project};

use crate::steps::step;

mod modules;
mod tally;
mod web;

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
        cargo_test(project, "unit", &[], progress)
    })?;
    total += step("Tests of the web client", |progress| {
        web::run(project, progress)
    })?;
    if !arguments.fast {
        total += step("Tests of the Terraform modules", |progress| {
            modules::run(project, progress)
        })?;
        total += step("Acceptance tests on the embedded AWS", |progress| {
            let suites = project.suites()?;
            let suites: Vec<_> = suites.iter().flat_map(|name| ["--test", name]).collect();
            cargo_test(project, "acceptance", &suites, progress)
        })?;
    }
    println!("tests: {total}");
    if total.failed > 0 {
        bail!("{} tests failed", total.failed);
    }
    Ok(())
}

/// Always for the whole workspace: another selection would compile dependencies with other
/// features, and so all of them again.
fn cargo_test(project: &Project, name: &str, args: &[&str], progress: Progress) -> Result<Tally> {
    let args = [&["test", "--workspace", "--no-fail-fast"], args].concat();
    let mut tally = Tally::default();
    let log = format!("test-{name}");
    let finished = cargo::run(project, &log, &args, progress, |line| {
        tally.read_cargo(line)
    })?;
    tally.close(&finished, &format!("cargo test ({name})"))
}
