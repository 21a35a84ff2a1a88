//! The guide in README.md, followed to the letter.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use support::{Sandbox, example};

const README: &str = include_str!("../README.md");

/// What stands between the fences of this kind, one after the other.
fn blocks(fence: &str) -> Vec<&'static str> {
    let after = README.split(fence).skip(1);
    after
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect()
}

#[test]
fn a_provider_takes_60_lines() {
    assert!(blocks("```rust,no_run\n")[0].lines().count() <= 60);
}

#[test]
fn terraform_works_with_the_guides_provider() {
    let provider = example("terraform-provider-example");
    let [cli, configuration] = blocks("```hcl\n")[..] else {
        panic!("the guide has other blocks")
    };
    let sandbox = Sandbox::new();
    let folder = provider.parent().unwrap().display().to_string();
    let cli = cli.replace("/home/me/example/target/debug", &folder);
    fs::write(sandbox.path("cli.tfrc"), cli).unwrap();
    fs::write(sandbox.path("main.tf"), configuration).unwrap();
    sandbox.apply();
    let note = || fs::read_to_string(sandbox.path("hello.txt"));
    assert_eq!(note().unwrap(), "Hello");
    sandbox.assert_unchanged();

    let changed = configuration.replace("\"Hello\"", "\"Good day\"");
    fs::write(sandbox.path("main.tf"), changed).unwrap();
    sandbox.apply();
    assert_eq!(note().unwrap(), "Good day");
    sandbox.succeed(&["destroy", "-auto-approve"]);
    assert!(note().is_err());
}
