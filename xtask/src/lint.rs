//! `cargo xtask lint`: what a reviewer should not have to say.

use std::process::Command;

use anyhow::Result;
use sandbox::{process, project::Project, tool};

use crate::steps::step;

/// Fails at the first tool that finds something.
pub fn run(project: &Project) -> Result<()> {
    let check = |name: &str, log: &str, program: &str, args: &[&str]| {
        step(name, |progress| {
            let mut command = Command::new(program);
            command
                .args(args)
                .current_dir(project.root())
                .env_remove("TF_CLI_CONFIG_FILE");
            process::run(&mut command, &project.log(log), |line| {
                progress(line.trim())
            })?
            .success(name)
        })
    };
    let terraform = tool::need(&tool::TERRAFORM, "terraform fmt")?;
    check(
        "cargo fmt",
        "lint-fmt",
        "cargo",
        &["fmt", "--all", "--check"],
    )?;
    check(
        "terraform fmt",
        "lint-terraform",
        terraform,
        &["fmt", "-check", "-diff", "-recursive"],
    )?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    check("cargo clippy", "lint-clippy", "cargo", &clippy)?;
    Ok(())
}
