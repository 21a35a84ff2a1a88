//! `cargo xtask docs`: the provider's documentation, from its schemas and examples.
//!
//! The provider alone knows its schemas, so its own tests compare and write.

use anyhow::Result;
use clap::Args;
use sandbox::{cargo, project::Project};

use crate::steps::step;

#[derive(Args)]
pub struct Arguments {
    /// Write nothing; fail where docs/ is not what the schemas and examples give.
    #[arg(long)]
    check: bool,
}

/// Writes `docs/`, or checks it.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    let test = if arguments.check {
        "docs::are_what_the_schemas_give"
    } else {
        "docs::are_written"
    };
    let args = [
        &["test", "--workspace", "--bin=terraform-provider-rustlambda"][..],
        &["--", "--exact", "--include-ignored", "--nocapture", test],
    ]
    .concat();
    let name = format!("cargo xtask docs ({test})");
    let finished = step("Provider documentation", |progress| {
        cargo::run(project, "docs", &args, progress, |_| {})?.success(&name)
    })?;
    for page in finished
        .stdout
        .lines()
        .filter(|line| line.starts_with("docs/"))
    {
        println!("wrote {page}");
    }
    Ok(())
}
