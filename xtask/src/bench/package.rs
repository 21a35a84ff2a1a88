//! The packaging of one executable, by us and by cargo-lambda.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sandbox::{process, project::Project};

use super::{RUNS, figures, median};
use crate::steps::step;

/// Packages an executable, and lets cargo-lambda zip the same one if it is on the `PATH`.
pub fn run(project: &Project, executable: &Path) -> Result<Vec<String>> {
    let size = fs::metadata(executable)?.len();
    let path = executable.display().to_string();
    let bench = [
        "bench",
        "--package",
        "packaging",
        "--bench",
        "package",
        "--",
        &path,
    ];
    let ours = step("Packaging an executable", |progress| {
        figures(project, &bench, progress)
    })?;
    let ours = ours.join(" ");
    let (time, zip) = ours
        .split_once(' ')
        .context("the benchmark printed no figures")?;
    let mut lines = vec![format!(
        "package an executable of {size} bytes: {time} ms, zip of {zip} bytes"
    )];
    let version = Command::new("cargo-lambda")
        .args(["lambda", "--version"])
        .output();
    lines.push(match version {
        Ok(version) if version.status.success() => {
            let (time, zip) = step("Zipping by cargo-lambda", |_| {
                cargo_lambda(project, executable)
            })?;
            let version = String::from_utf8_lossy(&version.stdout);
            format!("{}: {time} ms, zip of {zip} bytes", version.trim())
        }
        _ => {
            "cargo-lambda is not on the PATH: not compared (`pip install cargo-lambda`)".to_owned()
        }
    });
    Ok(lines)
}

/// How long cargo-lambda takes to zip an executable, in milliseconds, and the zip's size. It zips
/// only what it has compiled; so the linker of an empty package gives that executable, and the time
/// of the same command without a zip is taken off.
fn cargo_lambda(project: &Project, executable: &Path) -> Result<(u128, u64)> {
    let folder = project.build("bench-cargo-lambda");
    fs::create_dir_all(folder.join("src"))?;
    let manifest =
        "[package]\nname = \"empty\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    let linker = folder.join("linker");
    let script = format!(
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do\n  [ \"$1\" = -o ] && exec cp '{}' \"$2\"\n  shift\ndone\n",
        executable.display()
    );
    fs::write(&linker, script)?;
    fs::set_permissions(&linker, Permissions::from_mode(0o755))?;
    let target = folder.join("target");
    // Made anew: another executable may have been linked before.
    let _ = fs::remove_dir_all(&target);
    let build = |format: &str| {
        let mut build = Command::new("cargo-lambda");
        build
            .args(["lambda", "build", "--release", "--compiler", "cargo"])
            .args(["--output-format", format])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", &linker)
            .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", &linker);
        build
    };
    let log = project.log("bench-cargo-lambda");
    process::run(&mut build("zip"), &log, |_| {})?.success("cargo lambda build")?;
    let time = |format| {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let begin = Instant::now();
            let output = build(format).output()?;
            runs.push(begin.elapsed());
            ensure!(output.status.success(), "cargo lambda build failed");
        }
        anyhow::Ok(median(runs))
    };
    let zip = target.join("lambda/empty/bootstrap.zip");
    let with_zip = time("zip")?;
    let size = fs::metadata(&zip).with_context(|| format!("{} is not there", zip.display()))?;
    Ok((with_zip.saturating_sub(time("binary")?), size.len()))
}
