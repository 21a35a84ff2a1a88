//! A plan with nothing to change, of this repository's four functions.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sandbox::{process, project::Project, tool};

use super::{FUNCTIONS, RUNS, median};
use crate::steps::step;

/// What Terraform plans by itself, as many resources without a provider of ours.
const WITHOUT: &str = "resource \"terraform_data\" \"function\" {\n  count = 4\n}\n";

/// Applies the four functions, and compares an empty plan of them with one that is Terraform's own.
pub fn run(project: &Project) -> Result<String> {
    let with = module(project, "bench-plan", &packages(project))?;
    step("Four functions, compiled", |_| {
        let mut apply = terraform(project, &with, &["apply", "-auto-approve", "-no-color"])?;
        process::run(&mut apply, &project.log("bench-apply"), |_| {})?.success("terraform apply")
    })?;
    let without = module(project, "bench-plan-terraform", WITHOUT)?;
    let applied = terraform(project, &without, &["apply", "-auto-approve"])?.output()?;
    ensure!(applied.status.success(), "terraform apply failed");
    let [ours, own] = step("Plans with nothing to change", |_| {
        Ok([plan(project, &with)?, plan(project, &without)?])
    })?;
    Ok(format!(
        "plan with nothing to change for {} packages: {ours} ms, {own} ms of them Terraform's own",
        FUNCTIONS.len()
    ))
}

fn packages(project: &Project) -> String {
    let manifest = project.root().join("Cargo.toml");
    let package = |name| {
        format!(
            "resource \"rustlambda_package\" \"{name}\" {{\n  manifest_path = {manifest:?}\n  package       = \"{name}\"\n  profile       = \"lambda\"\n}}\n"
        )
    };
    let required = "terraform {\n  required_providers {\n    rustlambda = {\n      source = \"rustlambda/rustlambda\"\n    }\n  }\n}\n";
    required.to_owned() + &FUNCTIONS.map(package).concat()
}

/// A root module in the build folder, with Terraform told to take the optimised provider.
fn module(project: &Project, name: &str, configuration: &str) -> Result<std::path::PathBuf> {
    let folder = project.build(name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.tf"), configuration)?;
    let provider = project.target().join("release");
    let override_ = format!(
        "provider_installation {{\n  dev_overrides {{\n    \"rustlambda/rustlambda\" = {provider:?}\n  }}\n  direct {{}}\n}}\n"
    );
    fs::write(folder.join("terraform.tfrc"), override_)?;
    Ok(folder)
}

fn terraform(project: &Project, folder: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(tool::need(&tool::TERRAFORM, "the benchmark of plans")?);
    command
        .current_dir(folder)
        .args(arguments)
        .env("TF_CLI_CONFIG_FILE", folder.join("terraform.tfrc"))
        .env("CHECKPOINT_DISABLE", "1")
        .env("CARGO_TARGET_DIR", project.target());
    Ok(command)
}

/// The median time of an empty plan, in milliseconds.
fn plan(project: &Project, folder: &Path) -> Result<u128> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let mut plan = terraform(project, folder, &["plan", "-detailed-exitcode"])?;
        let begin = std::time::Instant::now();
        let output = plan.output().context("cannot start terraform")?;
        runs.push(begin.elapsed());
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "the plan is not empty: {text}");
    }
    Ok(median(runs))
}
