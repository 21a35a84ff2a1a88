//! `cargo xtask redrive`: builds the program that puts dead letters back, and runs it.

use std::process::Command;

use anyhow::Result;
use clap::Args;
use sandbox::{cargo, process, project::Project};

use crate::steps::step;

/// The crate and its binary.
const PROGRAM: &str = "upload-redrive";

#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    /// Passed on; `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs it with this process's environment, which says which AWS it talks to.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    let build = ["build", "--package", PROGRAM];
    step("Build of the program", |progress| {
        cargo::run(project, "redrive-build", &build, progress, |_| {})?.success("cargo build")
    })?;
    let mut command = Command::new(project.target().join("debug").join(PROGRAM));
    let finished = process::run(
        command.args(&arguments.arguments),
        &project.log("redrive"),
        |line| println!("{line}"),
    )?;
    finished.success("redrive")?;
    Ok(())
}
