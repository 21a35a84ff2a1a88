//! Packages for another processor and for an older system than this machine's, made with
//! `cargo zigbuild`. Run them by name: `cargo test -p rustlambda --test cross`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sandbox::tool::{self, Tool};
use sandbox::{project::Project, python::Python};
use semver::Version;
use serde_json::{Value, json};

#[path = "../terraform/driver.rs"]
mod driver;
mod runtime_api;

use driver::{Answer, CONFIGURATION, Root, need};

/// Debian's, which rustup does not manage. 1.85 is the first with edition 2024.
const RUSTC: Tool = Tool {
    names: &["/usr/bin/rustc"],
    version_args: &["--version"],
    minimum: Version::new(1, 85, 0),
    install: "on Debian: apt-get install rustc-web",
};

const QEMU: Tool = Tool {
    names: &["qemu-aarch64"],
    version_args: &["--version"],
    minimum: Version::new(5, 0, 0),
    install: "on Debian: apt-get install qemu-user",
};

/// Where Debian's packages put the standard library that a program is linked with, and the loader
/// that it needs to run.
const ARM64: [&str; 2] = [
    "/usr/lib/rustlib/aarch64-unknown-linux-gnu/lib",
    "/lib/ld-linux-aarch64.so.1",
];

#[track_caller]
fn need_arm64() {
    let missing = ARM64.iter().find(|path| !Path::new(path).exists());
    assert_eq!(
        missing, None,
        "on Debian: dpkg --add-architecture arm64, then apt-get install libstd-rust-web-dev:arm64"
    );
}

/// A function on the real runtime crate.
const GREETER: &str = r#"
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let name = event.payload["name"].as_str().unwrap_or("nobody");
        Ok::<_, Error>(json!({ "greeting": format!("Hello, {name}!"), "processor": std::env::consts::ARCH }))
    }))
    .await
}
"#;

/// Terraform with the cross-compiler on its `PATH`.
fn terraform(root: &Root, project: &Project, arguments: &[&str]) -> Answer {
    let tools = Python::prepare_cross_compiler(project, &|_| ()).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let folders = [tools.programs()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    let mut command = root.command(arguments);
    Answer::of(command.env("PATH", std::env::join_paths(folders).unwrap()))
}

/// Unpacks a package's executable.
fn bootstrap(root: &Root, output: &Value) -> PathBuf {
    let (zip, folder) = (output["filename"].as_str().unwrap(), ".terraform/unpacked");
    let mut unzip = Command::new(tool::PYTHON.find().unwrap());
    unzip
        .args(["-m", "zipfile", "-e"])
        .args([root.path(zip), root.path(folder)]);
    Answer::of(&mut unzip).exits_with(0);
    let bootstrap = root.path(folder).join("bootstrap");
    // Python leaves the mode that the zip has.
    std::fs::set_permissions(&bootstrap, Permissions::from_mode(0o755)).unwrap();
    bootstrap
}

/// The newest glibc that an executable names, as (major, minor).
fn glibc(executable: &[u8]) -> (u32, u32) {
    let text = String::from_utf8_lossy(executable);
    let names = text.split("GLIBC_").skip(1);
    let versions = names.filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (major, minor) = rest[..end].split_once('.')?;
        Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
    });
    versions.max().unwrap()
}

#[test]
fn an_arm64_function_answers() {
    need(&[&tool::PYTHON, &RUSTC, &QEMU]);
    need_arm64();
    let project = Project::find().unwrap();
    // Always the same folder: its path is in the compiler's flags, so that another would compile
    // every dependency anew.
    let root = Root::kept(project.build("cross-arm64"));
    let arguments = "architecture  = \"arm64\"\n  environment   = { RUSTC = \"/usr/bin/rustc\" }";
    root.write(
        "main.tf",
        &CONFIGURATION.replace("binary        = \"api\"", arguments),
    );
    write_greeter(&root, &project);
    terraform(&root, &project, &["init", "-no-color"]).exits_with(0);
    terraform(&root, &project, &["apply", "-auto-approve", "-no-color"]).exits_with(0);

    let bootstrap = bootstrap(&root, &root.output());
    let bytes = std::fs::read(&bootstrap).unwrap();
    // e_machine, in which 183 stands for AArch64 (ELF for the Arm 64-bit Architecture).
    assert_eq!(bytes[18..20], 183_u16.to_le_bytes());
    assert!(glibc(&bytes) <= (2, 34), "{:?}", glibc(&bytes));
    let mut function = Command::new("qemu-aarch64");
    let answer = runtime_api::invoke(function.arg(&bootstrap), r#"{"name": "Graviton"}"#);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        answer,
        json!({ "greeting": "Hello, Graviton!", "processor": "aarch64" })
    );
}

/// Writes the package `api` with the dependencies that this workspace has locked.
fn write_greeter(root: &Root, project: &Project) {
    root.write("api/src/main.rs", GREETER);
    root.write(
        "api/Cargo.toml",
        r#"
[package]
name = "api"
version = "1.0.0"
edition = "2024"

[dependencies]
lambda_runtime = { version = "1", default-features = false }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt"] }

[workspace]
"#,
    );
    std::fs::copy(
        project.root().join("Cargo.lock"),
        root.path("api/Cargo.lock"),
    )
    .unwrap();
    // Takes out what this package does not use.
    let mut update = Command::new("cargo");
    update.args(["update", "--workspace", "--offline"]);
    Answer::of(update.current_dir(root.path("api"))).exits_with(0);
}

/// A root module whose package is for this machine's processor. `further` are arguments.
fn own_processor(further: &str) -> Root {
    let root = Root::new();
    let processor = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x86_64"
    };
    let arguments =
        format!("binary        = \"api\"\n  architecture  = \"{processor}\"\n  {further}");
    root.write(
        "main.tf",
        &CONFIGURATION.replace("binary        = \"api\"", &arguments),
    );
    root.init();
    root
}

#[test]
fn an_older_glibc_than_this_machine_has_is_linked_against() {
    need(&[&tool::PYTHON]);
    let project = Project::find().unwrap();
    let package = || {
        let root = own_processor("runtime = \"provided.al2\"");
        terraform(&root, &project, &["apply", "-auto-approve", "-no-color"]).exits_with(0);
        root
    };
    let (one, other) = (package(), package());
    let bootstrap = std::fs::read(bootstrap(&one, &one.output())).unwrap();
    assert!(glibc(&bootstrap) <= (2, 26), "{:?}", glibc(&bootstrap));
    assert_eq!(
        one.output()["sha256"],
        other.output()["sha256"],
        "in two folders"
    );
}

#[test]
fn zigbuild_takes_over_where_a_symbol_of_this_machine_is_too_new() {
    need(&[&tool::PYTHON]);
    let project = Project::find().unwrap();
    let root = own_processor("");
    // glibc 2.35 gave `hypot` a new version; provided.al2023 has 2.34.
    root.write(
        "api/src/bin/api.rs",
        "fn main() { println!(\"{}\", (std::env::args().count() as f64).hypot(3.0)) }\n",
    );
    terraform(&root, &project, &["apply", "-auto-approve", "-no-color"]).exits_with(0);
    let bytes = std::fs::read(bootstrap(&root, &root.output())).unwrap();
    assert!(glibc(&bytes) <= (2, 34), "{:?}", glibc(&bytes));
    root.plan().exits_with(0);
}
