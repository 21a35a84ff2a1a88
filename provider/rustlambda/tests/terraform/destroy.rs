//! Packages whose sources are gone or broken.

use crate::driver::{Answer, Root, path_without_compiler};

const DESTROY: [&str; 3] = ["destroy", "-auto-approve", "-no-color"];

fn applied() -> Root {
    let root = Root::new();
    root.init();
    root.apply();
    root
}

#[test]
fn a_package_whose_folder_is_gone_can_be_destroyed() {
    let root = applied();
    std::fs::remove_dir_all(root.path("api")).unwrap();
    let text = root.terraform(&DESTROY).exits_with(0);
    assert!(text.contains("2 destroyed"), "{text}");
}

#[test]
fn a_package_whose_manifest_is_broken_can_be_destroyed_and_not_applied() {
    let root = applied();
    let manifest = std::fs::read_to_string(root.path("api/Cargo.toml")).unwrap();
    root.write("api/Cargo.toml", "[package\n");
    let plan = root.plan();
    assert!(
        plan.flat()
            .contains("Warning: The function cannot be packaged")
    );
    plan.exits_with(2);
    let apply = root.terraform(&["apply", "-auto-approve", "-no-color"]);
    assert!(
        apply
            .flat()
            .contains("Error: The function cannot be packaged")
    );
    apply.exits_with(1);
    root.write("api/Cargo.toml", &manifest);
    root.plan().exits_with(0);
    root.write("api/Cargo.toml", "[package\n");
    let text = root.terraform(&DESTROY).exits_with(0);
    assert!(text.contains("2 destroyed"), "{text}");
}

#[test]
fn a_machine_without_the_tools_is_told_at_plan_and_can_destroy() {
    let root = applied();
    let path = path_without_compiler(&root);
    let run = |arguments: &[&str]| Answer::of(root.command(arguments).env("PATH", &path));
    root.write("api/src/bin/api.rs", "fn main() {}\n");
    let plan = run(&["plan", "-no-color"]);
    assert!(plan.flat().contains("Warning: A build tool is missing"));
    plan.exits_with(0);
    run(&DESTROY).exits_with(0);
    let plan = run(&["plan", "-no-color"]);
    assert!(plan.flat().contains("Error: A build tool is missing"));
    assert!(plan.flat().contains("cargo"), "{}", plan.text);
    plan.exits_with(1);
}

#[test]
fn the_log_names_at_plan_which_file_changed() {
    let root = applied();
    root.write("shared/src/lib.rs", "pub const NAME: &str = \"other\";\n");
    let mut plan = root.command(&["plan", "-no-color"]);
    let text = Answer::of(plan.env("TF_LOG_PROVIDER", "INFO")).exits_with(0);
    let line = text
        .lines()
        .find(|line| line.contains("changed since the last zip"));
    assert!(line.unwrap().contains("shared/src/lib.rs"), "{text}");
}

#[test]
fn a_mistake_in_a_changed_argument_fails_the_plan() {
    let root = applied();
    let configuration = std::fs::read_to_string(root.path("main.tf")).unwrap();
    root.write(
        "main.tf",
        &configuration.replace("api/Cargo.toml", "app/Cargo.toml"),
    );
    root.plan().exits_with(1);
}
