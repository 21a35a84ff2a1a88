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
    /// Send hostile requests instead, 20,000 random ones unless another number is given, besides
    /// those that schemathesis makes of docs/openapi.yaml.
    #[arg(
        long,
        value_name = "REQUESTS",
        num_args = 0..=1,
        default_missing_value = "20000",
        conflicts_with_all = ["uploads", "users", "seed", "patience_minutes", "json"]
    )]
    hostile: Option<u32>,
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
        hostile,
    } = arguments;
    if let Some(requests) = hostile {
        return send_hostile_requests(project, *requests);
    }
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

/// Runs the scenarios of hostile requests, whose usual number is that of a test.
fn send_hostile_requests(project: &Project, requests: u32) -> Result<()> {
    // Cargo hands this to the test.
    let number = format!("env.HOSTILE_REQUESTS='{requests}'");
    let suite = ["--test", "upload_pipeline", "--", "requests"];
    let args = [&["test", "--workspace", "--config", &number][..], &suite].concat();
    let finished = step("Hostile requests", |progress| {
        cargo::run(project, "soak-hostile", &args, progress, |_| {})
    })?;
    print!("{}", finished.stdout);
    finished.success("the soak with hostile requests")?;
    Ok(())
}
