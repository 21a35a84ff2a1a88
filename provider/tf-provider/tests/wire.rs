//! The messages of this crate against those of Terraform, field by field.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use prost::Message;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    FileDescriptorSet, ServiceDescriptorProto,
};

const FACTS: &str = include_str!("wire/facts.txt");

/// What `build.rs` compiled `proto/` to.
const OURS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

#[test]
fn every_message_is_terraforms_own() {
    let (theirs, ours) = (theirs(), ours());
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
        these.difference(those).cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (only(&theirs, &ours), only(&ours, &theirs)),
        (Vec::new(), Vec::new()),
        "(missing here, unknown to Terraform)"
    );
    assert!(theirs.len() > 250, "{}", theirs.len());
}

/// One line a fact, under the line of what it belongs to: `tfplugin6 message RawState 1 bytes json`.
fn theirs() -> BTreeSet<String> {
    let (mut package, mut heading) = ("", String::new());
    let mut facts = BTreeSet::new();
    let lines = FACTS.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("package ") {
            package = name;
        } else if let Some(fact) = line.strip_prefix("  ") {
            facts.insert(format!("{heading} {fact}"));
        } else {
            heading = format!("{package} {line}");
            facts.insert(heading.clone());
        }
    }
    facts
}

/// The same facts, of the compiled descriptors.
fn ours() -> BTreeSet<String> {
    let set = FileDescriptorSet::decode(OURS).unwrap();
    let mut facts = BTreeSet::new();
    let files = set.file.iter();
    for file in files.filter(|file| !file.package().starts_with("google.")) {
        add_file(file, &mut facts);
    }
    facts
}

fn add_file(file: &FileDescriptorProto, facts: &mut BTreeSet<String>) {
    let package = file.package();
    for message in &file.message_type {
        add_message(package, "", message, facts);
    }
    for of in &file.enum_type {
        add_enum(package, "", of, facts);
    }
    for service in &file.service {
        add_service(package, service, facts);
    }
}

fn add_message(
    package: &str,
    scope: &str,
    message: &DescriptorProto,
    facts: &mut BTreeSet<String>,
) {
    let name = format!("{scope}{}", message.name());
    let heading = format!("{package} message {name}");
    let inner = format!("{name}.");
    let holds = message.nested_type.iter().filter(|inner| !is_map(inner));
    let holds: Vec<_> = holds.collect();
    for held in &holds {
        add_message(package, &inner, held, facts);
    }
    for of in &message.enum_type {
        add_enum(package, &inner, of, facts);
    }
    if holds.is_empty() || !message.field.is_empty() {
        facts.insert(heading.clone());
    }
    for field in &message.field {
        let ty = ty(package, message, field);
        let label = match field.label() {
            _ if ty.starts_with("map<") => "",
            Label::Repeated => "repeated ",
            _ if field.proto3_optional() => "optional ",
            _ => "",
        };
        let oneof = match field.oneof_index {
            Some(at) if !field.proto3_optional() => {
                format!(
                    " of {}",
                    message.oneof_decl[usize::try_from(at).unwrap()].name()
                )
            }
            _ => String::new(),
        };
        let (number, name) = (field.number(), field.name());
        facts.insert(format!("{heading} {number} {label}{ty} {name}{oneof}"));
    }
}

fn is_map(message: &DescriptorProto) -> bool {
    message
        .options
        .as_ref()
        .is_some_and(|options| options.map_entry())
}

fn ty(package: &str, message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    match field.r#type() {
        Type::Message | Type::Enum => {
            let name = field.type_name();
            let mut entries = message.nested_type.iter().filter(|inner| is_map(inner));
            match entries.find(|entry| name.ends_with(&format!(".{}", entry.name()))) {
                Some(entry) => {
                    let [key, value] = [0, 1].map(|at| ty(package, entry, &entry.field[at]));
                    format!("map<{key},{value}>")
                }
                None => relative(package, name),
            }
        }
        scalar => scalar
            .as_str_name()
            .trim_start_matches("TYPE_")
            .to_lowercase(),
    }
}

/// A type's name without its own package's.
fn relative(package: &str, name: &str) -> String {
    let own = format!(".{package}.");
    name.strip_prefix(&own)
        .unwrap_or_else(|| name.trim_start_matches('.'))
        .to_owned()
}

fn add_enum(package: &str, scope: &str, of: &EnumDescriptorProto, facts: &mut BTreeSet<String>) {
    let heading = format!("{package} enum {scope}{}", of.name());
    for value in &of.value {
        facts.insert(format!("{heading} {} {}", value.number(), value.name()));
    }
    facts.insert(heading);
}

fn add_service(package: &str, service: &ServiceDescriptorProto, facts: &mut BTreeSet<String>) {
    let heading = format!("{package} service {}", service.name());
    for method in &service.method {
        let stream = |streaming: bool| if streaming { "stream " } else { "" };
        facts.insert(format!(
            "{heading} {} {}{} -> {}{}",
            method.name(),
            stream(method.client_streaming()),
            relative(package, method.input_type()),
            stream(method.server_streaming()),
            relative(package, method.output_type()),
        ));
    }
    facts.insert(heading);
}
