//! Real Terraform drives the example provider.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use support::Sandbox;

/// Terraform wraps its messages: this compares them without white space and bars.
#[track_caller]
fn assert_says(output: &str, text: &str) {
    let squeeze = |text: &str| -> String {
        text.chars()
            .filter(|c| !c.is_whitespace() && !"│╷╵".contains(*c))
            .collect()
    };
    assert!(
        squeeze(output).contains(&squeeze(text)),
        "no {text:?} in:\n{output}"
    );
}

#[test]
fn creates_updates_replaces_and_destroys_a_note() {
    let sandbox = Sandbox::new();
    let note = |name: &str, text: &str| {
        sandbox.configure(&format!(
            "resource \"notes_note\" \"it\" {{\n  name = {name:?}\n  text = {text:?}\n}}\n"
        ));
    };
    note("one", "first");
    sandbox.apply();
    assert_eq!(
        fs::read_to_string(sandbox.path("notes/one.txt")).unwrap(),
        "first"
    );
    assert_eq!(sandbox.state("notes_note.it")["size"], 5);
    sandbox.assert_unchanged();

    note("one", "second");
    let output = sandbox.apply();
    assert_says(&output, "will be updated in-place");
    // The plan hook knows the size before apply.
    assert_says(&output, "size = 5 -> 6");
    assert_eq!(
        fs::read_to_string(sandbox.path("notes/one.txt")).unwrap(),
        "second"
    );
    sandbox.assert_unchanged();

    note("two", "second");
    let output = sandbox.apply();
    assert_says(&output, "\"one\" -> \"two\" # forces replacement");
    assert!(!sandbox.path("notes/one.txt").exists());
    assert!(sandbox.path("notes/two.txt").exists());

    sandbox.succeed(&["destroy", "-auto-approve"]);
    assert!(!sandbox.path("notes/two.txt").exists());
}

#[test]
fn detects_and_repairs_drift() {
    let sandbox = Sandbox::new();
    sandbox.configure("resource \"notes_note\" \"it\" {\n  name = \"n\"\n  text = \"mine\"\n}\n");
    sandbox.apply();
    fs::write(sandbox.path("notes/n.txt"), "theirs").unwrap();
    assert_says(&sandbox.apply(), "text = \"theirs\" -> \"mine\"");
    fs::remove_file(sandbox.path("notes/n.txt")).unwrap();
    assert_says(&sandbox.apply(), "notes_note.it will be created");
    assert_eq!(
        fs::read_to_string(sandbox.path("notes/n.txt")).unwrap(),
        "mine"
    );
}

#[test]
fn imports_a_note() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("notes/old.txt"), "found").unwrap();
    sandbox
        .configure("resource \"notes_note\" \"it\" {\n  name = \"old\"\n  text = \"found\"\n}\n");
    assert_says(
        &sandbox.fail(&["import", "notes_note.it", "none"]),
        "There is no note \"none\".",
    );
    sandbox.succeed(&["import", "notes_note.it", "old"]);
    assert_eq!(sandbox.state("notes_note.it")["text"], "found");
    assert_eq!(sandbox.state("notes_note.it")["size"], 5);
}

#[test]
fn calls_functions_and_reads_data_sources() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("notes/a1.txt"), "").unwrap();
    fs::write(sandbox.path("notes/a2.txt"), "").unwrap();
    fs::write(sandbox.path("notes/b.txt"), "").unwrap();
    sandbox.configure(
        r#"
        data "notes_index" "it" { prefix = "a" }
        output "names" { value = data.notes_index.it.names }
        output "words" { value = provider::notes::word_count("one two  three") }
        output "joined" { value = provider::notes::join_words(null, "a", "b") }
        "#,
    );
    sandbox.apply();
    let outputs = sandbox.outputs();
    assert_eq!(outputs["names"]["value"], json!(["a1", "a2"]));
    assert_eq!(outputs["words"]["value"], 3);
    assert_eq!(outputs["joined"]["value"], "a b");
    sandbox.configure("output \"joined\" { value = provider::notes::join_words(\"-\") }");
    assert_says(&sandbox.fail(&["plan"]), "There is nothing to join.");
}

#[test]
fn opens_and_closes_an_ephemeral_resource() {
    let sandbox = Sandbox::new();
    sandbox.configure(
        r#"
        ephemeral "notes_token" "it" { user = "me" }
        resource "notes_note" "it" {
          name = "keyed"
          key  = ephemeral.notes_token.it.value
        }
        "#,
    );
    sandbox.apply();
    assert!(
        sandbox.path("notes/me.closed").exists(),
        "the token was not closed"
    );
    assert!(
        !sandbox.path("notes/me.token").exists(),
        "the token is still open"
    );
    let state = sandbox.state("notes_note.it");
    // The write-only key reached the provider, and not the state.
    assert_eq!(state["key_length"], "token-of-me".len());
    assert_eq!(state["key"], json!(null));
    assert!(
        !fs::read_to_string(sandbox.path("terraform.tfstate"))
            .unwrap()
            .contains("token-of-me")
    );
}

const SAMPLER: &str = r#"
    resource "terraform_data" "later" { input = "later" }
    locals { later = terraform_data.later.output }
    resource "notes_sampler" "it" {
      text     = "pre-${local.later}"
      integer  = length(local.later)
      float    = 0.1
      number   = 123456789012345678901234567890.5
      flag     = local.later == "later"
      list     = ["a", "pre-${local.later}"]
      sparse   = [1, null, length(local.later)]
      set      = ["b", "a", local.later]
      map      = { k = local.later, l = "m" }
      lists    = { k = ["a", local.later] }
      any      = { a = [1, "two", { three = local.later }] }
      secret   = local.later
      part     = { name = local.later, weight = 1.25 }
      parts    = [{ name = "p1" }, { name = local.later, weight = 3 }]
      part_set = [{ name = "s1" }, { name = local.later }]
      part_map = { x = { name = "y" }, z = { name = local.later } }
      rule { action = local.later == "later" ? "allow" : "deny" }
      rule { action = "deny" }
      only { action = "deny" }
      each { action = "allow" }
    }
"#;

#[test]
fn carries_unknown_values_in_every_kind_of_attribute() {
    let sandbox = Sandbox::new();
    sandbox.configure(SAMPLER);
    sandbox.apply();
    sandbox.assert_unchanged();
    let state = sandbox.state("notes_sampler.it");
    // Terraform knows how these two begin before it knows them.
    assert_eq!(state["text"], "pre-later");
    assert_eq!(state["list"], json!(["a", "pre-later"]));
    assert_eq!(state["sparse"], json!([1, null, 5]));
    assert_eq!(
        state["any"],
        json!({ "a": [1, "two", { "three": "later" }] })
    );
    assert_eq!(
        state["parts"][1],
        json!({ "name": "later", "weight": 3, "number": 1 })
    );
    assert_eq!(state["part_map"]["z"]["number"], 1);
    assert_eq!(
        state["rule"],
        json!([{ "action": "allow" }, { "action": "deny" }])
    );
    let stored = fs::read_to_string(sandbox.path("terraform.tfstate")).unwrap();
    assert!(
        stored.contains("123456789012345678901234567890.5"),
        "digits were lost"
    );

    sandbox.configure(&SAMPLER.replace("weight = 3", "weight = 4"));
    let output = sandbox.apply();
    assert_says(&output, "weight = 3 -> 4");
    assert_eq!(sandbox.state("notes_sampler.it")["revision"], 1);
    sandbox.assert_unchanged();
}

#[test]
fn reports_errors_at_their_lines() {
    let sandbox = Sandbox::new();
    let faults = [
        (
            "name = \"a/b\"",
            "The value must not contain a slash, and is \"a/b\".",
        ),
        (
            "name = \"a\"\n  text = \"x\"\n  lines = []",
            "It cannot be set together with \"lines\"",
        ),
        ("name = null", "Missing value for name"),
        ("name = \"a\"\n  size = 5", "size is read-only"),
        (
            "name = \"panic\"",
            "terraform-provider-notes 0.1.0, ValidateResourceConfig",
        ),
    ];
    for (arguments, message) in faults {
        sandbox.configure(&format!(
            "resource \"notes_note\" \"it\" {{\n  {arguments}\n}}\n"
        ));
        let output = sandbox.fail(&["plan"]);
        assert_says(&output, message);
        assert_says(&output, "on main.tf line");
    }
    let block = |kind: &str, action: &str| format!("  {kind} {{\n    action = {action:?}\n  }}\n");
    let inside = [
        block("rule", "allow") + &block("rule", "ask"),
        "  parts = [{ name = \"p\" }, { name = 1, weight = 1e400 }]\n".to_owned(),
    ];
    let messages = [
        (
            "must be one of \"allow\", \"deny\", found \"ask\"",
            ": action = \"ask\"",
        ),
        ("Invalid value for parts[1].weight", ": parts = ["),
    ];
    for (arguments, (message, underlined)) in inside.iter().zip(messages) {
        sandbox.configure(&format!(
            "resource \"notes_sampler\" \"it\" {{\n{arguments}}}\n"
        ));
        let output = sandbox.fail(&["plan"]);
        assert_says(&output, message);
        assert_says(&output, underlined);
    }
    // Elements of a set have no place: the block that holds the set is named.
    let set = block("each", "deny") + &block("each", "allow") + &block("each", "ask");
    sandbox.configure(&format!("resource \"notes_sampler\" \"it\" {{\n{set}}}\n"));
    let output = sandbox.fail(&["plan"]);
    assert_says(&output, "Invalid value for each[*].action");
    assert_says(&output, ": resource \"notes_sampler\" \"it\" {");
    sandbox.configure("resource \"notes_note\" \"it\" {\n  name = \"a\"\n  tag = \"b\"\n}\n");
    assert_says(&sandbox.succeed(&["plan"]), "Use labels instead.");
}

#[test]
fn upgrades_state_of_an_earlier_version() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("notes/old.txt"), "body").unwrap();
    let state = |version: u32, attributes: serde_json::Value| {
        let state = json!({
            "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l",
            "outputs": {}, "check_results": null,
            "resources": [{
                "mode": "managed", "type": "notes_note", "name": "it",
                "provider": "provider[\"registry.terraform.io/example/notes\"]",
                "instances": [{ "schema_version": version, "attributes": attributes }],
            }],
        });
        fs::write(sandbox.path("terraform.tfstate"), state.to_string()).unwrap();
    };
    sandbox.configure("resource \"notes_note\" \"it\" {\n  name = \"old\"\n  text = \"body\"\n}\n");
    state(0, json!({ "title": "old", "body": "body" }));
    sandbox.apply();
    assert_eq!(sandbox.state("notes_note.it")["name"], "old");
    assert_eq!(
        fs::read_to_string(sandbox.path("notes/old.txt")).unwrap(),
        "body"
    );
    // An attribute that this version no longer has is dropped.
    state(
        1,
        json!({ "name": "old", "text": "body", "size": 4, "gone": true }),
    );
    sandbox.succeed(&["plan"]);
    state(9, json!({ "name": "old" }));
    assert_says(&sandbox.fail(&["plan"]), "newer");
}

#[test]
fn moves_a_resource_of_another_type() {
    let sandbox = Sandbox::new();
    sandbox.configure("resource \"terraform_data\" \"it\" {}\n");
    sandbox.apply();
    let id = sandbox.state("terraform_data.it")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    fs::write(sandbox.path(format!("notes/{id}.txt")), "empty").unwrap();
    sandbox.configure(&format!(
        "moved {{\n  from = terraform_data.it\n  to = notes_note.it\n}}\n\
         resource \"notes_note\" \"it\" {{ name = {id:?} }}\n"
    ));
    let output = sandbox.apply();
    assert_says(&output, "terraform_data.it has moved to notes_note.it");
    assert_says(&output, "0 added");
    assert_says(&output, "0 destroyed");
    assert_eq!(sandbox.state("notes_note.it")["name"], id.as_str());
}

#[test]
fn lets_terraform_attach_to_a_debugged_provider() {
    let sandbox = Sandbox::new();
    sandbox.configure("resource \"notes_note\" \"it\" { name = \"attached\" }\n");
    let mut provider = Command::new(support::provider())
        .arg("--debug")
        .current_dir(sandbox.path(""))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(provider.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let variable = lines
        .into_iter()
        .find(|line| line.contains("TF_REATTACH_PROVIDERS="))
        .unwrap();
    let value = variable
        .trim()
        .trim_start_matches("TF_REATTACH_PROVIDERS=")
        .trim_matches('\'');
    // It serves one terraform after the other.
    for arguments in [
        &["apply", "-auto-approve"][..],
        &["plan", "-detailed-exitcode"],
    ] {
        let output = sandbox
            .command(arguments)
            .env("TF_REATTACH_PROVIDERS", value)
            .output();
        assert!(output.unwrap().status.success(), "{arguments:?}");
    }
    assert!(sandbox.path("notes/attached.txt").exists());
    assert!(
        provider.try_wait().unwrap().is_none(),
        "terraform ended what it did not start"
    );
    kill_process(Pid::from_child(&provider), Signal::INT).unwrap();
    assert!(provider.wait().unwrap().success());
}

#[test]
fn logs_the_call_and_the_resource() {
    let sandbox = Sandbox::new();
    sandbox.configure("resource \"notes_note\" \"it\" { name = \"logged\" }\n");
    let mut command = sandbox.command(&["plan"]);
    let output = command.env("TF_LOG_PROVIDER", "trace").output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = log
        .lines()
        .find(|line| line.contains("PlanResourceChange") && line.contains("received"));
    let line = line.unwrap_or_else(|| panic!("no such line in {log}"));
    assert!(
        line.contains("tf_resource_type=notes_note") && line.contains("tf_req_id="),
        "{line}"
    );
}
