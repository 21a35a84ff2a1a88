//! What is planned where: on fresh checkouts, after changes, and with plans that travel.

use serde_json::{Value, json};

use crate::driver::Root;

/// A fresh checkout of the same sources, with the other's state and without its zips.
fn checkout_with_state_of(other: &Root) -> Root {
    let root = Root::new();
    root.copy_from(other, "terraform.tfstate");
    root.init();
    root
}

#[test]
fn a_fresh_checkout_has_nothing_to_change_until_something_changes() {
    let first = Root::new();
    first.init();
    first.apply();
    let root = checkout_with_state_of(&first);
    root.plan().exits_with(0);
    assert!(!root.path(".terraform/rustlambda").exists());
    root.write(
        "api/src/bin/other.rs",
        "// a comment in another binary\nfn main() {}\n",
    );
    root.plan().exits_with(0);
    root.write("shared/src/lib.rs", "pub const NAME: &str = \"changed\";\n");
    root.plan().exits_with(2);
    let root = checkout_with_state_of(&first);
    root.write("api/src/bin/api.rs", "fn main() {}\n");
    root.plan().exits_with(2);
}

/// What only a build can tell.
const RESULTS: [&str; 5] = ["build", "filename", "sha256", "size", "source_code_hash"];

fn unknown(change: &Value) -> Value {
    let unknown = change["after_unknown"].as_object().unwrap();
    unknown
        .iter()
        .filter(|(_, value)| **value == json!(true))
        .map(|(name, _)| name.as_str())
        .collect()
}

#[test]
fn exactly_what_only_a_build_can_tell_is_unknown() {
    let root = Root::new();
    root.init();
    assert_eq!(unknown(&root.planned_change()), json!(RESULTS));
    root.apply();
    let before = root.output();
    let original = std::fs::read_to_string(root.path("api/src/bin/api.rs")).unwrap();
    root.write(
        "api/src/bin/api.rs",
        "fn main() { println!(\"changed\") }\n",
    );
    let change = root.planned_change();
    assert_eq!(unknown(&change), json!(RESULTS));
    assert_ne!(
        change["after"]["source_fingerprint"],
        before["source_fingerprint"]
    );
    root.apply();
    // Back to sources whose zip is at hand: nothing is compiled. But another machine, which may
    // apply the plan, has no such zip.
    root.write("api/src/bin/api.rs", &original);
    assert_eq!(unknown(&root.planned_change()), json!(RESULTS));
    std::fs::remove_dir_all(root.path("api/target")).unwrap();
    root.terraform(&["apply", "-no-color", "plan"])
        .exits_with(0);
    assert_eq!(root.output(), before);
    assert!(!root.path("api/target").exists(), "nothing is compiled");
}

#[test]
fn a_plan_saved_here_applies_there() {
    let here = Root::new();
    here.init();
    applies_elsewhere(&here);
    // Also where the zip is at hand when it is planned, and not where it is applied.
    here.apply();
    std::fs::remove_file(here.path("terraform.tfstate")).unwrap();
    applies_elsewhere(&here);
}

/// Plans here, and applies that in another checkout.
#[track_caller]
fn applies_elsewhere(here: &Root) {
    here.planned_change();
    let there = Root::new();
    there.init();
    there.copy_from(here, "plan");
    there
        .terraform(&["apply", "-no-color", "plan"])
        .exits_with(0);
    assert!(
        there
            .path(there.output()["filename"].as_str().unwrap())
            .exists()
    );
}

#[test]
fn a_saved_plan_is_refused_where_the_sources_are_others() {
    let root = Root::new();
    root.init();
    root.planned_change();
    root.write(
        "api/src/bin/api.rs",
        "fn main() { println!(\"changed\") }\n",
    );
    let answer = root.terraform(&["apply", "-no-color", "plan"]);
    // The fingerprint is what a plan promises, so that nothing else than what was planned is
    // deployed. Terraform itself compares it.
    assert!(
        answer.flat().contains("value for .source_fingerprint"),
        "{}",
        answer.text
    );
    assert!(
        !answer.flat().contains("value for .filename"),
        "{}",
        answer.text
    );
    assert_eq!(answer.code, Some(1));
}

#[test]
fn arguments_that_are_unknown_leave_the_results_unknown() {
    let root = Root::new();
    let configuration = crate::driver::CONFIGURATION.replace(
        "binary        = \"api\"",
        "binary = terraform_data.name.output",
    );
    root.write(
        "main.tf",
        &(configuration + "resource \"terraform_data\" \"name\" {\n  input = \"api\"\n}\n"),
    );
    root.init();
    let expected = json!([
        "binary",
        "build",
        "filename",
        "sha256",
        "size",
        "source_code_hash",
        "source_fingerprint",
        "version"
    ]);
    assert_eq!(unknown(&root.planned_change()), expected);
    root.apply();
    root.plan().exits_with(0);
}
