//! What an apply gives.

use crate::driver::{Root, terraform_is_there};

#[test]
fn gives_a_function_what_it_needs_and_has_nothing_to_do_then() {
    if !terraform_is_there() {
        return;
    }
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
    let sum = std::process::Command::new("sha256sum")
        .arg(&zip)
        .output()
        .unwrap()
        .stdout;
    assert_eq!(api["sha256"], String::from_utf8_lossy(&sum[..64]).as_ref());
    root.plan().exits_with(0);
}

#[test]
fn functions_agree_with_the_resource() {
    if !terraform_is_there() {
        return;
    }
    let root = Root::new();
    root.write(
        "functions.tf",
        r#"
output "same" {
  value = alltrue([
    provider::rustlambda::source_fingerprint("${path.module}/api/Cargo.toml", "api") == rustlambda_package.api.source_fingerprint,
    provider::rustlambda::crate_version("${path.module}/api/Cargo.toml") == rustlambda_package.api.version,
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
    if !terraform_is_there() {
        return;
    }
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
