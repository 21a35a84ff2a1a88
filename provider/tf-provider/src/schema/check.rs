//! Finds what Terraform, or this crate, would stumble over in a schema.

use super::{Attribute, Block, Mode, Relation};
use crate::model::Shape;

/// Names that Terraform keeps for itself in every resource and data source.
const RESERVED: [&str; 7] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
];

/// What a block's values go through, and its model's fields with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Terraform plans with them: each may be unknown, and null.
    Planned,
    /// They are known when they are read: what is not required may be null.
    Read,
}

impl Block {
    /// What is wrong with the declaration, one sentence each.
    pub(crate) fn problems(&self, owner: &str, role: Role) -> Vec<String> {
        let mut found = Vec::new();
        for attribute in &self.attributes {
            let path = format!("{owner}.{}", attribute.name);
            if RESERVED.contains(&attribute.name.as_str()) {
                found.push(format!("{path}: Terraform keeps this name for itself"));
            }
            let planned = role == Role::Planned;
            if planned && !(attribute.nullable && attribute.unknowable) {
                found.push(format!(
                    "{path}: it may be unknown, or null: make it an Attr"
                ));
            } else if !planned && attribute.mode != Mode::Required && !attribute.nullable {
                found.push(format!("{path}: it may be null: make it an Attr"));
            }
        }
        self.find_problems(owner, &mut found);
        found
    }

    fn find_problems(&self, owner: &str, found: &mut Vec<String>) {
        for attribute in &self.attributes {
            let path = format!("{owner}.{}", attribute.name);
            let mut problem = |text: &str| found.push(format!("{path}: {text}"));
            if !is_name(&attribute.name) {
                problem("a name is lower-case letters, digits and underscores");
            }
            if attribute.mode == Mode::Required && attribute.default.is_some() {
                problem("a required attribute never takes its default");
            }
            if attribute.write_only && attribute.mode.is_computed() {
                problem("a write-only attribute cannot be computed or have a default");
            }
            for sibling in attribute.siblings() {
                if self.attribute(sibling).is_none() {
                    problem(&format!("there is no attribute {sibling:?} beside it"));
                }
            }
            if let Shape::Objects(_, nested) = &attribute.shape {
                if !nested.blocks.is_empty() {
                    problem("a nested attribute cannot hold blocks");
                }
                nested.find_problems(&path, found);
            }
        }
        for nested in &self.blocks {
            nested
                .block
                .find_problems(&format!("{owner}.{}", nested.name), found);
        }
    }
}

impl Attribute {
    fn siblings(&self) -> impl Iterator<Item = &String> {
        self.relations.iter().flat_map(|relation| match relation {
            Relation::ConflictsWith(names)
            | Relation::RequiredWith(names)
            | Relation::ExactlyOneOf(names)
            | Relation::AtLeastOneOf(names) => names,
        })
    }
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
