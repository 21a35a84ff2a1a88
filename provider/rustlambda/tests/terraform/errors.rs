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
