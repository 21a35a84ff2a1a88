//! The README's first command, with the functions compiled as they are deployed.

use std::{net::TcpListener, process::Command};

use anyhow::{Context, Result, ensure};
use sandbox::{cancel, process, project::Project};
use serde_json::Value;

/// It ends with the JSON line that others parse, and leaves no server behind.
#[test]
fn demo_processes_an_upload() -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = Command::new("cargo");
    command
        .args(["xtask", "demo", "--json", "--port", &port.to_string()])
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target());
    let finished = process::run(&mut command, &project.log("test-demo"), |_| {})?
        .success("cargo xtask demo --json")?;

    let last = finished
        .stdout
        .lines()
        .last()
        .context("the demo printed nothing")?;
    let report: Value = serde_json::from_str(last).with_context(|| format!("not JSON: {last}"))?;
    ensure!(report["ok"] == true, "{report}");
    ensure!(report["unauthorized_status"] == 401, "{report}");
    ensure!(report["upload_status"] == 201, "{report}");
    ensure!(report["processed"] == "HELLO KINESIS", "{report}");
    ensure!(report["seconds"].is_number(), "{report}");
    for name in ["api_endpoint", "file_key"] {
        ensure!(
            report[name].as_str().is_some_and(|text| !text.is_empty()),
            "{report}"
        );
    }
    ensure!(
        TcpListener::bind(("127.0.0.1", port)).is_ok(),
        "port {port} is still in use"
    );
    Ok(())
}
