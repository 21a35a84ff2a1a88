//! `cargo xtask docs`: the provider's documentation, from its schemas and examples, and the tables in
//! the modules' READMEs, from their `.tf` files.

mod module;
mod permissions;
mod tables;

use anyhow::{Result, bail};
use clap::Args;
use sandbox::{cargo, project::Project};

use crate::steps::step;

const TEST: &str = "docs::are_what_the_schemas_give";

#[derive(Args)]
pub struct Arguments {
    /// Write nothing; fail where a page or a table is stale.
    #[arg(long)]
    check: bool,
}

/// Writes `docs/` and the tables of `modules/*/README.md`, or checks them.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    let stale = step("Tables of the modules", |_| {
        module_tables(project, arguments.check)
    })?;
    provider_pages(project, arguments.check)?;
    if !stale.is_empty() {
        bail!("{}: stale. Run `cargo xtask docs`.", stale.join(", "));
    }
    Ok(())
}

/// Writes the stale tables, or returns the READMEs that hold them.
fn module_tables(project: &Project, check: bool) -> Result<Vec<String>> {
    let mut stale = tables::readmes(&project.root().join("modules"))?;
    stale.retain(tables::Readme::is_stale);
    let mut unwritten = Vec::new();
    for readme in stale {
        let name = readme
            .path
            .strip_prefix(project.root())?
            .display()
            .to_string();
        if check {
            unwritten.push(name);
        } else {
            readme.write()?;
            println!("wrote {name}");
        }
    }
    Ok(unwritten)
}

/// The provider alone knows its schemas, so a test of its own compares, and writes if it is asked to.
fn provider_pages(project: &Project, check: bool) -> Result<()> {
    // Cargo hands this to the test.
    let write = ["--config", "env.RUSTLAMBDA_WRITE_DOCS='1'"];
    let args = [
        &["test", "--workspace", "--bin=terraform-provider-rustlambda"][..],
        if check { &[] } else { &write },
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
