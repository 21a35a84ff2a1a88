//! Requests that schemathesis makes of an OpenAPI document, and answers held against it.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use sandbox::{process, project::Project, python::Python, quiet};
use serde_json::Value;

use crate::deployment::Deployment;

/// What each answer must be: no 5xx, and of a status, a media type, headers and a body that the
/// document has.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,\
                      negative_data_rejection,use_after_free";

/// Checks that the document at `path` of the project is OpenAPI, and that each of its examples has
/// the schema beside it.
pub fn check_document(path: &str) -> Result<()> {
    let project = Project::find()?;
    let python = Python::prepare_schemathesis(&project, &quiet)?;
    let script = project.root().join("tests/src/hostile/document.py");
    let mut command = Command::new(python.program("python"));
    command.arg(script).arg(project.root().join(path));
    process::run(&mut command, &project.log("openapi-document"), |_| {})?.success(path)?;
    Ok(())
}

/// Sends requests of the document to the API: up to `examples` random ones of each operation, beside
/// those of its edges, as `token` says. Returns how many there were.
///
/// Fails when an answer is not as the document says. The same `seed` makes the same requests.
pub fn run(
    deployment: &Deployment,
    path: &str,
    token: &str,
    examples: usize,
    seed: u64,
) -> Result<u64> {
    let project = Project::find()?;
    let python = Python::prepare_schemathesis(&project, &quiet)?;
    let folder = project.build("schemathesis");
    fs::create_dir_all(&folder)?;
    let report = folder.join("report.json");
    let aws = deployment.address();
    let mut command = Command::new(python.program("schemathesis"));
    command
        .current_dir(&folder)
        .arg("--config-file")
        .arg(project.root().join("tests/src/hostile/schemathesis.toml"))
        .args(["--no-color", "run"])
        .arg(project.root().join(path))
        .args(["--url", &aws.endpoint(), "--tls-verify"])
        .arg(&aws.authorities)
        .args(["--header", &format!("Host: {}", deployment.api()?.host())])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--max-examples", &examples.to_string()])
        .args(["--seed", &seed.to_string()])
        .args(["--checks", CHECKS, "--continue-on-failure"])
        .args(["--generation-database", "none", "--warnings", "off"])
        .args(["--report", "json", "--report-json-path"])
        .arg(&report);
    let log = project.log("schemathesis");
    process::run(&mut command, &log, |_| {})?.success("schemathesis")?;
    requests(&report)
}

fn requests(report: &Path) -> Result<u64> {
    let report: Value = serde_json::from_slice(&fs::read(report)?)?;
    ensure!(
        report["complete"] == true,
        "schemathesis stopped early: {report}"
    );
    let count = report["test_cases"]["generated"].as_u64();
    count.context("schemathesis does not say how many requests it made")
}
