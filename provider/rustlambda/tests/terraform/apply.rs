//! What an apply gives.

use crate::driver::{Root, sha256};

#[test]
fn gives_a_function_what_it_needs_and_has_nothing_to_do_then() {
    let root = Root::new();
    root.init();
    root.apply();
    let api = root.output();
    let fingerprint = api["source_fingerprint"].as_str().unwrap();
    let short = &fingerprint[..12];
    assert_eq!(
        api["filename"],
        format!(".terraform/rustlambda/api-{short}.zip")
    );
    assert_eq!(api["version"], "1.2.3");
    assert_eq!(api["build"], format!("1.2.3+{short}"));
    assert_eq!(api["handler"], "bootstrap");
    let zip = root.path(api["filename"].as_str().unwrap());
    assert_eq!(api["size"], std::fs::metadata(&zip).unwrap().len());
    assert_eq!(api["sha256"], sha256(&zip));
    root.plan().exits_with(0);
}

#[test]
fn functions_agree_with_the_resource() {
    let root = Root::new();
    root.write(
        "functions.tf",
        r#"
output "same" {
  value = alltrue([
    provider::rustlambda::source_fingerprint("${path.module}/api/Cargo.toml", "api") == rustlambda_package.api.source_fingerprint,
    provider::rustlambda::crate_version("${path.module}/api/Cargo.toml") == rustlambda_package.api.version,
    provider::rustlambda::source_fingerprint("${path.module}/api/Cargo.toml", "api", "api") == rustlambda_package.api.source_fingerprint,
    provider::rustlambda::crate_version("${path.module}/api/Cargo.toml", "shared") == "0.1.0",
    !can(provider::rustlambda::crate_version("${path.module}/api/Cargo.toml", "missing")),
    !can(provider::rustlambda::zip_hash("/dev/zero")),
    provider::rustlambda::zip_hash("${path.module}/main.tf") == filebase64sha256("${path.module}/main.tf"),
  ])
}
"#,
    );
    root.init();
    root.apply();
    assert_eq!(
        root.terraform(&["output", "-json", "same"])
            .exits_with(0)
            .trim(),
        "true"
    );
}

#[test]
fn an_executable_that_is_built_already() {
    let root = Root::new();
    root.write("run.sh", "#!/bin/sh\necho hello\n");
    root.write("config.json", "{}");
    let arguments =
        "binary_path = \"run.sh\"\n  assets = { \"etc/config.json\" = \"config.json\" }";
    let configuration = crate::driver::CONFIGURATION.replace("binary        = \"api\"", "");
    root.write(
        "main.tf",
        &configuration.replace(
            "manifest_path = \"${path.module}/api/Cargo.toml\"",
            arguments,
        ),
    );
    root.init();
    root.apply();
    let api = root.output();
    assert_eq!(api["version"], serde_json::Value::Null);
    assert_eq!(
        api["build"],
        api["source_fingerprint"].as_str().unwrap()[..12]
    );
    root.plan().exits_with(0);
    root.write("config.json", "{ }");
    root.plan().exits_with(2);
}

#[test]
fn a_workspace_lists_its_functions_for_for_each() {
    let root = Root::new();
    let configuration = r#"
data "rustlambda_workspace" "functions" {
  manifest_path = "${path.module}/api/Cargo.toml"
}

output "functions" {
  value = data.rustlambda_workspace.functions.binaries
}
"#;
    root.write("workspace.tf", configuration);
    root.init();
    root.apply();
    let functions = root
        .terraform(&["output", "-json", "functions"])
        .exits_with(0);
    assert_eq!(functions.trim(), "{}");
    // A stand-in for the crate, so that nothing is downloaded.
    root.write(
        "runtime/Cargo.toml",
        "[package]\nname = \"lambda_runtime\"\nversion = \"0.1.0\"\nworkspace = \"../api\"\n",
    );
    root.write("runtime/src/lib.rs", "");
    let manifest = std::fs::read_to_string(root.path("shared/Cargo.toml")).unwrap();
    let dependency = "[dependencies]\nlambda_runtime = { path = \"../runtime\" }\n";
    root.write("shared/Cargo.toml", &(manifest + dependency));
    let manifest = std::fs::read_to_string(root.path("api/Cargo.toml")).unwrap();
    root.write(
        "api/Cargo.toml",
        &manifest.replace("../shared\"]", "../shared\", \"../runtime\"]"),
    );
    std::fs::remove_file(root.path("api/Cargo.lock")).unwrap();
    root.apply();
    let functions = root
        .terraform(&["output", "-json", "functions"])
        .exits_with(0);
    let functions: serde_json::Value = serde_json::from_str(&functions).unwrap();
    let function = serde_json::json!({ "package": "api", "version": "1.2.3" });
    assert_eq!(
        functions,
        serde_json::json!({ "api": function, "other": function })
    );
}

#[test]
fn apply_names_untracked_inputs_and_configuration_without_effect() {
    let root = Root::new();
    root.write("notes.txt", "outside of the package");
    root.write(".git/HEAD", "");
    root.write(".cargo/config.toml", "build.rustflags = [\"--nonsense\"]\n");
    root.write(
        "api/src/bin/api.rs",
        "fn main() { println!(\"{}\", include_str!(\"../../../notes.txt\")) }\n",
    );
    root.init();
    let answer = root.terraform(&["apply", "-auto-approve", "-no-color"]);
    assert_eq!(answer.code, Some(0), "{}", answer.text);
    let text = answer.flat();
    assert!(
        text.contains("The fingerprint does not track some inputs"),
        "{text}"
    );
    let reason = "/notes.txt: it lies outside of the workspace. Move it into the workspace";
    assert!(text.contains(reason), "{text}");
    assert!(text.contains("Some configuration has no effect"), "{text}");
    assert!(text.contains("/.cargo/config.toml"), "{text}");
    root.plan().exits_with(0);
}

#[test]
fn two_applies_in_one_folder_do_not_harm_each_other() {
    let root = Root::new();
    root.init();
    let states = ["one.tfstate", "two.tfstate"];
    let applies = states.map(|state| {
        let state = format!("-state={state}");
        let mut apply = root.command(&["apply", "-auto-approve", "-no-color", &state]);
        apply.stdout(std::process::Stdio::null()).spawn().unwrap()
    });
    for mut apply in applies {
        assert!(apply.wait().unwrap().success());
    }
    for state in states {
        let state = std::fs::read(root.path(state)).unwrap();
        let state: serde_json::Value = serde_json::from_slice(&state).unwrap();
        let api = &state["outputs"]["api"]["value"];
        let zip = root.path(api["filename"].as_str().unwrap());
        assert_eq!(api["sha256"], sha256(&zip));
    }
}
