//! `cargo xtask soak`: the pipeline under faults, as large and as long as one likes.

use anyhow::Result;
use clap::Args;
use sandbox::{cargo, project::Project, tool};

use crate::steps::step;

#[derive(Args)]
pub struct Arguments {
    /// Uploads to make: inline, by a presigned PUT and by parts.
    #[arg(long, default_value_t = 2000)]
    uploads: u32,
    /// Users who upload at the same time.
    #[arg(long, default_value_t = 20)]
    users: u32,
    /// What the uploads and the faults follow from; a report names it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes that the pipeline may take for what was sent, before the rest counts as lost.
    #[arg(long, default_value_t = 20)]
    patience_minutes: u32,
    /// Print the report as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the soak and prints its report on standard output.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    tool::need(&tool::TERRAFORM, "the soak")?;
    tool::need(&tool::PYTHON, "the soak")?;
    let Arguments {
        uploads,
        users,
        seed,
        patience_minutes,
        json,
    } = arguments;
    let mut passed_on = vec![
        format!("--uploads={uploads}"),
        format!("--users={users}"),
        format!("--seed={seed}"),
        format!("--patience-minutes={patience_minutes}"),
    ];
    passed_on.extend(json.then(|| "--json".to_owned()));
    // The tests' own build: another selection of packages would compile the AWS SDKs again.
    let mut args = vec!["test", "--workspace", "--test", "soak", "--", "run"];
    args.extend(passed_on.iter().map(String::as_str));
    let finished = step("Soak with faults", |progress| {
        cargo::run(project, "soak-run", &args, progress, |_| {})
    })?;
    print!("{}", finished.stdout);
    finished.success("the soak")?;
    Ok(())
}
