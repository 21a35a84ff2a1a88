//! The providers under a client of the protocol that shares no code with them: Python, gRPC's own
//! library, and messages made from `tf-provider/tests/wire/facts.txt`. Run it by name: `cargo test
//! --workspace --test protocol_client`.

#![allow(clippy::unwrap_used, reason = "a test that panics says why")]

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use sandbox::{project::Project, python::Python};

/// What the scenarios need, made by the first of them.
struct Client {
    python: PathBuf,
    notes: PathBuf,
}

fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let project = Project::find().unwrap();
        let python = Python::prepare_protocol_client(&project, &sandbox::quiet).unwrap();
        Client {
            python: python.program("python"),
            notes: notes(&project),
        }
    })
}

/// The example provider of `tf-provider`, which has what ours has no use for. `cargo test --test`
/// builds no examples.
fn notes(project: &Project) -> PathBuf {
    let name = "terraform-provider-notes";
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--example", name])
        .arg("--target-dir")
        .arg(project.target())
        .current_dir(project.root())
        .status();
    assert!(built.unwrap().success(), "{name} does not compile");
    project.target().join("debug/examples").join(name)
}

/// Runs a scenario of `client.py`, as Terraform of this version.
#[track_caller]
fn run(scenario: &str, version: &str) {
    let client = client();
    let provider = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(&client.python)
        .arg(provider.join("tests/protocol_client/client.py"))
        .arg(provider.join("../tf-provider/tests/wire/facts.txt"))
        .arg(env!("CARGO_BIN_EXE_terraform-provider-rustlambda"))
        .arg(&client.notes)
        .arg(provider.join("examples/hello"))
        .args([scenario, version])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scenario}, {version}:\n{log}");
}

macro_rules! scenarios {
    ($($test:ident: $scenario:literal $version:literal),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                run($scenario, $version);
            }
        )*
    };
}

scenarios! {
    calls_in_the_order_of_terraform_1_11: "notes_from_creation_to_destruction" "1.11.4",
    calls_in_the_order_of_terraform_1_12: "notes_from_creation_to_destruction" "1.12.0",
    calls_in_the_order_of_terraform_1_14: "notes_from_creation_to_destruction" "1.14.0",
    packages_in_the_order_of_terraform_1_11: "package_from_plan_to_destruction" "1.11.4",
    packages_in_the_order_of_terraform_1_14: "package_from_plan_to_destruction" "1.14.0",
    stops_what_runs_and_goes_on: "stop_in_the_middle_of_an_apply" "1.14.0",
    answers_what_opentofu_asks: "what_opentofu_asks" "1.11.4",
    does_not_implement_calls_of_later_versions: "calls_of_later_versions" "1.14.0",
    refuses_null_and_read_only_attributes_by_name: "null_and_read_only" "1.14.0",
    accepts_what_is_unknown: "unknown_is_not_missing" "1.14.0",
    refuses_variables_that_no_process_can_have: "environments" "1.14.0",
    repeats_little_of_long_values: "long_values" "1.14.0",
    tells_the_type_of_a_wrong_value: "types" "1.14.0",
    lets_nobody_wait_for_silent_clients: "silent_clients" "1.14.0",
    ends_though_nobody_reads_its_log: "unread_log" "1.14.0",
    leaves_no_folder_of_a_killed_provider: "killed_providers" "1.14.0",
}

#[cfg(target_os = "linux")]
scenarios! {
    fails_without_a_panic_where_it_cannot_print: "nowhere_to_print" "1.14.0",
}
