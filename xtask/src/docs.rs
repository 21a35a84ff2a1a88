//! `cargo xtask docs`: the provider's documentation, from its schemas and examples.
//!
//! The provider alone knows its schemas, so a test of its own compares, and writes if it is asked to.

use anyhow::Result;
use clap::Args;
use sandbox::{cargo, project::Project};

use crate::steps::step;

const TEST: &str = "docs::are_what_the_schemas_give";

#[derive(Args)]
pub struct Arguments {
    /// Write nothing; fail where docs/ is not what the schemas and examples give.
    #[arg(long)]
    check: bool,
}

/// Writes `docs/`, or checks it.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    // Cargo hands this to the test.
    let write = ["--config", "env.RUSTLAMBDA_WRITE_DOCS='1'"];
    let args = [
        &["test", "--workspace", "--bin=terraform-provider-rustlambda"][..],
        if arguments.check { &[] } else { &write },
        &["--", "--exact", "--nocapture", TEST],
    ]
    .concat();
    let finished = step("Provider documentation", |progress| {
        cargo::run(project, "docs", &args, progress, |_| {})?.success("cargo xtask docs")
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
