//! Checks that modules and examples suit AWS provider 5.100 and every 6: none warns of what they use.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use hcl::{Block, Body};

/// What every module and example accepts.
const VERSIONS: &str = "version = \">= 5.100, < 7\"";

/// Arguments, blocks and results that one of the two majors warns of or lacks, by resource type: the schema of 5.100.0
/// (`terraform providers schema`, "deprecated") and the "Version 6 Upgrade Guide" of the AWS provider.
#[rustfmt::skip]
const DEPRECATED: &[(&str, &[&str])] = &[
    ("aws_api_gateway_account", &["reset_on_delete"]), // Gone in 6.
    ("aws_api_gateway_deployment", &["canary_settings", "execution_arn", "invoke_url", "stage_description", "stage_name"]),
    ("aws_cloudwatch_event_rule", &["is_enabled"]),
    ("aws_iam_role", &["inline_policy", "managed_policy_arns"]),
    ("aws_s3_bucket", &[
        "acceleration_status", "acl", "cors_rule", "grant", "lifecycle_rule", "logging", "object_lock_configuration", "policy",
        "replication_configuration", "request_payer", "server_side_encryption_configuration", "versioning", "website",
        "website_domain", "website_endpoint",
    ]),
    ("aws_s3_bucket_lifecycle_configuration", &["prefix"]),
    ("data.aws_region", &["name"]), // `id` is in both; `region` in 6 only.
];

/// Returns what is wrong with the configurations below `modules` and `examples`, a line each.
fn problems(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for parent in ["modules", "examples"] {
        for folder in fs::read_dir(root.join(parent))? {
            for file in fs::read_dir(folder?.path())? {
                let file = file?.path();
                if file.extension().is_some_and(|extension| extension == "tf") {
                    let found = problems_of(&file)?.into_iter();
                    problems.extend(found.map(|problem| format!("{}: {problem}", file.display())));
                }
            }
        }
    }
    Ok(problems)
}

fn problems_of(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    let body = hcl::parse(&text).with_context(|| format!("{}", file.display()))?;
    let mut problems = deprecated(&text, &body);
    if file.ends_with("versions.tf") && !text.contains(VERSIONS) {
        problems.push(format!("the AWS provider needs {VERSIONS}"));
    }
    Ok(problems)
}

fn deprecated(text: &str, body: &Body) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, names) in DEPRECATED {
        for name in *names {
            let sets = body
                .blocks()
                .any(|block| kind_of(block) == *kind && mentions(block, name));
            if sets || refers(text, kind, name) {
                found.push(format!("{kind} has a deprecated {name}"));
            }
        }
    }
    found
}

fn kind_of(block: &Block) -> String {
    let label = block.labels().first().map_or("", |label| label.as_str());
    match block.identifier() {
        "data" => format!("data.{label}"),
        _ => label.to_owned(),
    }
}

/// Tells whether a block has an attribute, a block or a dynamic block of this name, at any depth.
fn mentions(block: &Block, name: &str) -> bool {
    let dynamic = |block: &Block| block.identifier() == "dynamic" && kind_of(block) == name;
    block
        .body()
        .attributes()
        .any(|attribute| attribute.key() == name)
        || block
            .body()
            .blocks()
            .any(|block| block.identifier() == name || dynamic(block) || mentions(block, name))
}

/// Tells whether an expression reads `<kind>.<label>.<name>`, with or without an index.
fn refers(text: &str, kind: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.match_indices(&format!("{kind}."))
        .any(|(start, found)| {
            let rest = text[start + found.len()..].trim_start_matches(is_name);
            let rest = match rest
                .strip_prefix('[')
                .and_then(|index| index.split_once(']'))
            {
                Some((_, rest)) => rest,
                None => rest,
            };
            rest.strip_prefix('.')
                .and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| !rest.starts_with(is_name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        deprecated(text, &hcl::parse(text).expect("HCL"))
    }

    #[test]
    fn finds_arguments_and_blocks() {
        let text = "resource \"aws_api_gateway_account\" \"this\" {\n  reset_on_delete = true\n}\n";
        assert_eq!(
            found(text),
            ["aws_api_gateway_account has a deprecated reset_on_delete"]
        );
        let text = "resource \"aws_iam_role\" \"this\" {\n  dynamic \"inline_policy\" {\n  }\n}\n";
        assert_eq!(found(text), ["aws_iam_role has a deprecated inline_policy"]);
    }

    #[test]
    fn finds_references() {
        for reference in [
            "data.aws_region.current.name",
            "data.aws_region.all[0].name",
        ] {
            let text = format!("locals {{\n  region = {reference}\n}}\n");
            assert_eq!(found(&text), ["data.aws_region has a deprecated name"]);
        }
    }

    #[test]
    fn takes_what_both_majors_have() {
        let text = "locals {\n  region = data.aws_region.current.id\n  names = data.aws_region.current.name_of\n}\n";
        assert!(found(text).is_empty());
    }

    #[test]
    fn modules_and_examples_suit_both_majors() -> Result<()> {
        let problems = problems(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        Ok(())
    }
}
