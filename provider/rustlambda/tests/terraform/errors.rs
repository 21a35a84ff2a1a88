//! Mistakes, as terraform shows them.

use crate::driver::{CONFIGURATION, Root};

#[test]
fn a_mistake_in_an_argument_is_shown_at_plan_and_at_its_line() {
    let root = Root::new();
    root.init();
    root.write(
        "main.tf",
        &CONFIGURATION.replace("binary        = \"api\"", "profile = \"fast\""),
    );
    let text = root.plan().flat();
    assert!(
        text.contains("Package `api` has several binaries. Choose one: api, other"),
        "{text}"
    );
    root.write(
        "main.tf",
        &CONFIGURATION.replace(
            "binary        = \"api\"",
            "binary = \"api\"\n profile = \"fast\"",
        ),
    );
    let text = root.plan().flat();
    assert!(
        text.contains("profile = \"fast\" There is no cargo profile `fast`."),
        "{text}"
    );
    root.write(
        "main.tf",
        &CONFIGURATION.replace("api/Cargo.toml", "app/Cargo.toml"),
    );
    let text = root.plan().flat();
    assert!(
        text.contains("/app/Cargo.toml\" There is no file ./app/Cargo.toml."),
        "{text}"
    );
}

#[test]
fn a_compiler_error_is_shown_as_rustc_renders_it_and_leaves_nothing() {
    let root = Root::new();
    root.init();
    root.write(
        "api/src/bin/api.rs",
        "fn main() {\n    let x: u8 = \"text\";\n}\n",
    );
    let answer = root.terraform(&["apply", "-auto-approve", "-no-color"]);
    assert_eq!(answer.code, Some(1));
    assert!(
        answer.text.contains("The function does not compile"),
        "{}",
        answer.text
    );
    assert!(
        answer.text.contains("error[E0308]: mismatched types"),
        "{}",
        answer.text
    );
    assert!(
        answer.text.contains("src/bin/api.rs:2:17"),
        "{}",
        answer.text
    );
    assert!(!root.path(".terraform/rustlambda").exists());
    // Mended, the next apply goes through.
    root.write("api/src/bin/api.rs", "fn main() {}\n");
    root.apply();
}

#[test]
fn a_release_of_an_executable_needs_a_version() {
    let root = Root::new();
    root.write("run.sh", "#!/bin/sh\n");
    let package = r#"manifest_path = "${path.module}/api/Cargo.toml"
  binary        = "api""#;
    let executable = CONFIGURATION.replace(package, r#"binary_path = "${path.module}/run.sh""#);
    let release = r#"
resource "rustlambda_release" "api" {
  name    = "api"
  package = rustlambda_package.api
  store   = { bucket = "releases" }
}
"#;
    root.write("main.tf", &(executable + release));
    root.init();
    let answer = root.plan();
    assert_eq!(answer.code, Some(1), "{}", answer.text);
    let text = answer.flat();
    let expected = "It is made of `binary_path`, not of a crate. Set `version`.";
    assert!(text.contains(expected), "{text}");
}
