//! Runs the scenarios of one example one after another on one deployment.

use std::{
    process::ExitCode,
    sync::{Arc, OnceLock},
};

use anyhow::{Result, anyhow};
use libtest_mimic::{Arguments, Failed, Trial};
use sandbox::cancel;

use crate::deployment::Deployment;

/// A scenario: its name and what it does with the deployment.
pub type Scenario = (&'static str, fn(&Deployment) -> Result<()>);

/// Applies `example` when the first scenario asks for it, runs the scenarios in their
/// order, then plans again and destroys, which are scenarios too.
pub fn run(example: &'static str, scenarios: &[Scenario]) -> ExitCode {
    run_with(example, &[], scenarios)
}

/// Does the same with an example whose variables have these values.
pub fn run_with(
    example: &'static str,
    variables: &'static [(&'static str, &'static str)],
    scenarios: &[Scenario],
) -> ExitCode {
    run_prepared(example, || Ok(()), variables, scenarios)
}

/// Does the same after `prepare` has made what the example installs.
pub fn run_prepared(
    example: &'static str,
    prepare: fn() -> Result<()>,
    variables: &'static [(&'static str, &'static str)],
    scenarios: &[Scenario],
) -> ExitCode {
    let apply = move || {
        prepare()?;
        Deployment::of_example_with(example, example, variables)
    };
    run_on(apply, scenarios)
}

/// Does the same with whatever `apply` applies.
pub fn run_on(
    apply: impl Fn() -> Result<Deployment> + Send + Sync + 'static,
    scenarios: &[Scenario],
) -> ExitCode {
    let teardown: [Scenario; 2] = [
        ("second_plan_is_empty", Deployment::second_plan_is_empty),
        ("destroy_leaves_nothing", Deployment::destroy_leaves_nothing),
    ];
    let shared = Arc::new((apply, OnceLock::new()));
    let trials = scenarios.iter().chain(&teardown).map(|&(name, scenario)| {
        let shared = Arc::clone(&shared);
        Trial::test(name, move || {
            let (apply, deployment) = &*shared;
            attempt(deployment, apply, scenario).map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    let mut arguments = Arguments::from_args();
    // The scenarios share one deployment; some change it and put it back.
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn attempt(
    deployment: &OnceLock<Result<Deployment>>,
    apply: impl FnOnce() -> Result<Deployment>,
    scenario: fn(&Deployment) -> Result<()>,
) -> Result<()> {
    cancel::on_signals()?;
    cancel::check()?;
    let applied = deployment.get_or_init(apply).as_ref();
    scenario(applied.map_err(|error| anyhow!("{error:#}"))?)
}
