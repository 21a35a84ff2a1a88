//! `docs/openapi.yaml` and `docs/problems.md` say what the code does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use function_kit::ProblemType;
use serde_json::Value;
use upload_pipeline::api::{MAX_CONTENT_BYTES, ROUTES};
use upload_pipeline::direct::plan::{MAX_OBJECT_BYTES, MAX_PART_BYTES, MAX_PARTS};

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap()
}

/// An entry of a YAML document's block mappings: the keys that lead to it, and what follows on its
/// line.
type Entry = (Vec<String>, String);

/// Returns the entries of the document's block mappings, in their order. The keys of the document
/// have no colons.
fn entries(document: &str) -> Vec<Entry> {
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut entries = Vec::new();
    for line in document.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let Some((key, value)) = text.split_once(':') else {
            continue;
        };
        open.retain(|(outer, _)| *outer < indent);
        open.push((indent, key.trim_matches('"').to_owned()));
        let keys = open.iter().map(|(_, key)| key.clone()).collect();
        entries.push((keys, value.trim().to_owned()));
    }
    entries
}

fn document() -> Vec<Entry> {
    entries(&file("docs/openapi.yaml"))
}

fn value(document: &[Entry], keys: &[&str]) -> String {
    let found = document.iter().find(|(entry, _)| entry == keys);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn documented_routes() -> BTreeSet<String> {
    let methods = ["get", "put", "post", "delete", "options", "head", "patch"];
    let routes = document()
        .into_iter()
        .filter_map(|(keys, _)| match &keys[..] {
            [paths, path, method] if paths == "paths" && methods.contains(&method.as_str()) => {
                Some(format!("{} {path}", method.to_uppercase()))
            }
            _ => None,
        });
    routes.collect()
}

#[test]
fn the_document_has_the_routes_of_the_function() {
    let routes = ROUTES
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"));
    assert_eq!(documented_routes(), routes.collect());
}

#[test]
fn the_module_has_the_routes_of_the_document() {
    let module = file("modules/upload-pipeline/main.tf");
    let routes = module.lines().filter_map(|line| {
        let route = line.trim().strip_prefix('"')?.split_once('"')?.0;
        let (_, path) = route.split_once(' ')?;
        path.starts_with("/uploads").then(|| route.to_owned())
    });
    assert_eq!(routes.collect::<BTreeSet<_>>(), documented_routes());
}

#[test]
fn the_document_has_the_limits_of_the_code() {
    let document = document();
    let limit = |keys: &str| {
        let keys: Vec<_> = keys.split('/').collect();
        value(&document, &[&["components", "schemas"], &keys[..]].concat())
    };
    for (keys, expected) in [
        (
            "InlineText/properties/content/maxLength",
            MAX_CONTENT_BYTES as u64,
        ),
        // Base64 makes four characters of three bytes (RFC 4648, section 4).
        (
            "InlineBytes/properties/content_base64/maxLength",
            (MAX_CONTENT_BYTES as u64).div_ceil(3) * 4,
        ),
        ("Size/maximum", MAX_OBJECT_BYTES),
        ("PartNumber/maximum", MAX_PARTS.into()),
        ("Multipart/properties/parts/maximum", MAX_PARTS.into()),
        ("Multipart/properties/part_size/maximum", MAX_PART_BYTES),
    ] {
        assert_eq!(limit(keys), expected.to_string(), "{keys}");
    }
}

#[test]
fn the_document_has_the_types_of_problems() {
    let prefix = "- urn:rustlambda:problem:";
    let document = file("docs/openapi.yaml");
    let documented = document
        .lines()
        .filter_map(|line| line.trim().strip_prefix(prefix));
    let names = ProblemType::ALL.iter().map(|kind| kind.name);
    assert!(
        documented.eq(names),
        "not those of ProblemType::ALL in {prefix}…"
    );
}

#[test]
fn every_type_of_problem_is_explained_with_an_example() {
    let page = file("docs/problems.md");
    let sections: Vec<_> = page.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), ProblemType::ALL.len());
    for (section, kind) in sections.iter().zip(ProblemType::ALL) {
        let (name, text) = section.split_once('\n').unwrap();
        assert_eq!(name, kind.name);
        assert!(text.contains("\nDo: "), "{name} does not say what to do");
        let example = text
            .split("```")
            .nth(1)
            .and_then(|it| it.strip_prefix("json"));
        let example: Value = serde_json::from_str(example.unwrap()).unwrap();
        let members = ["type", "title", "status"].map(|member| example[member].clone());
        let expected: [Value; 3] = [
            kind.urn().into(),
            kind.title.into(),
            kind.status.as_u16().into(),
        ];
        assert_eq!(members, expected, "{name}");
    }
}
