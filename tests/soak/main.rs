//! The upload pipeline under faults, on a deployment of its own.
//!
//! `cargo test --workspace --test soak` runs the scenarios. `cargo xtask soak` runs this program as
//! `soak run …`: a soak of any size, and its report.

mod arguments;
mod large;
mod letters;
mod outage;
mod short;

use std::{env, process::ExitCode};

use acceptance_tests::{soak, suite};
use anyhow::Result;
use arguments::Arguments;
use sandbox::cancel;

fn main() -> ExitCode {
    if let Some(task) = env::var_os(large::TASK) {
        return exit_code(large::upload(&task.to_string_lossy()));
    }
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some("run") {
        return exit_code(Arguments::parse(arguments).and_then(|arguments| run(&arguments)));
    }
    suite::run_on(
        soak::deploy,
        &[
            (
                "a_soak_loses_nothing_and_does_nothing_twice",
                short::a_soak_loses_nothing_and_does_nothing_twice,
            ),
            (
                "an_outage_of_the_table_discards_nothing",
                outage::an_outage_of_the_table_discards_nothing,
            ),
            (
                "dead_letters_are_put_back",
                letters::dead_letters_are_put_back,
            ),
            (
                "a_gigabyte_survives_the_death_of_its_client",
                large::a_gigabyte_survives_the_death_of_its_client,
            ),
        ],
    )
}

fn exit_code(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one soak and prints its report on standard output; fails when something was lost.
fn run(arguments: &Arguments) -> Result<()> {
    cancel::on_signals()?;
    let deployment = soak::deploy()?;
    let report = soak::run(&deployment, &arguments.plan, &|message| {
        eprintln!("{message}")
    })?;
    match arguments.json {
        true => println!("{}", report.to_json()),
        false => print!("{report}"),
    }
    anyhow::ensure!(
        report.is_clean(),
        "the pipeline broke its promises; the report says which"
    );
    Ok(())
}
