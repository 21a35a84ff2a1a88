//! `cargo xtask`: the project's own commands. `cargo xtask --help` lists them.

#[cfg(test)]
mod aws_provider;
mod bench;
mod compiled;
mod demo;
mod dist;
mod docs;
mod lint;
mod local;
mod redrive;
mod soak;
mod steps;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use sandbox::{
    cancel::{self, Cancelled},
    project::Project,
};

/// Runs the upload pipeline on an embedded AWS, and tests it.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Deploy the example on an embedded AWS, sign a user in, upload a file, show the result.
    Demo(demo::Arguments),
    /// Start, stop or look at an embedded AWS that stays up.
    Local(local::Arguments),
    /// Run every test and say how many ran.
    Test(test::Arguments),
    /// Upload under faults and count what was lost: killed functions, failing calls, lost events.
    ///
    /// Runs on an embedded AWS of its own. Prints a table of what was acknowledged, what became of
    /// it and what went wrong on purpose; fails when an acknowledged upload was lost, an effect
    /// came twice, a quota counter differs or a multipart upload was left over.
    Soak(soak::Arguments),
    /// Put the dead letters of a deployed pipeline back; `redrive --help` says more.
    ///
    /// Talks to the AWS of your environment: region, credentials and AWS_ENDPOINT_URL are read as
    /// every AWS SDK reads them.
    Redrive(redrive::Arguments),
    /// Measure how long a provider takes from its start to its first answer.
    Bench,
    /// Write docs/, from the provider's schemas, and the tables of the modules' READMEs.
    Docs(docs::Arguments),
    /// Build the site into web/site/dist, for `examples/site` and for releases.
    Dist,
    /// Check formatting and lints of Rust and Terraform.
    Lint,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Cancelled>() => {
            eprintln!("Stopped. Nothing is left running.");
            // 128 + SIGINT, as shells report it.
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    match cli.command {
        Command::Demo(arguments) => demo::run(&project, &arguments),
        Command::Local(arguments) => local::run(&project, &arguments),
        Command::Test(arguments) => test::run(&project, &arguments),
        Command::Soak(arguments) => soak::run(&project, &arguments),
        Command::Redrive(arguments) => redrive::run(&project, &arguments),
        Command::Bench => bench::run(&project),
        Command::Docs(arguments) => docs::run(&project, &arguments),
        Command::Dist => dist::run(&project),
        Command::Lint => lint::run(&project),
    }
}
