//! Finds errors in schemas.

use super::{Attribute, Block, Mode, NestedBlock, Nesting, Relation, Shape};
use crate::value::Type;

/// The names that Terraform reserves in every resource and data source.
const RESERVED: [&str; 7] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
];

/// How the values of a block are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Terraform plans with them: each may be null or unknown.
    Planned,
    /// They are known when they are read: optional ones may be null.
    Read,
}

impl Block {
    /// Returns the errors in the declaration, one sentence each.
    pub(crate) fn problems(&self, owner: &str, role: Role) -> Vec<String> {
        let mut found = Vec::new();
        for attribute in &self.attributes {
            let path = format!("{owner}.{}", attribute.name);
            if RESERVED.contains(&attribute.name.as_str()) {
                found.push(format!("{path}: Terraform reserves this name"));
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
        self.find_problems(owner, role, &mut found);
        found
    }

    fn find_problems(&self, owner: &str, role: Role, found: &mut Vec<String>) {
        for attribute in &self.attributes {
            let path = format!("{owner}.{}", attribute.name);
            let mut problem = |text: &str| found.push(format!("{path}: {text}"));
            if !is_name(&attribute.name) {
                problem("a name consists of lower-case letters, digits and underscores");
            }
            if attribute.mode == Mode::Required && attribute.default.is_some() {
                problem("a required attribute cannot have a default");
            }
            if attribute.write_only && attribute.mode.is_computed() {
                problem("a write-only attribute cannot be computed or have a default");
            }
            for sibling in attribute.siblings() {
                if self.attribute(sibling).is_none() {
                    problem(&format!("it has no sibling {sibling:?}"));
                }
            }
            if let Shape::Objects(nesting, nested) = &attribute.shape {
                if !nested.blocks.is_empty() {
                    problem("a nested attribute cannot hold blocks");
                }
                nested.find_nested_problems(*nesting, &path, role, found);
            }
        }
        for nested in &self.blocks {
            let path = format!("{owner}.{}", nested.name);
            nested.find_problems(&path, found);
            nested
                .block
                .find_nested_problems(nested.nesting, &path, role, found);
        }
    }

    /// Finds the errors in the objects of an attribute or a block.
    fn find_nested_problems(
        &self,
        nesting: Nesting,
        path: &str,
        role: Role,
        found: &mut Vec<String>,
    ) {
        if nesting == Nesting::Set {
            if holds_dynamic(&self.ty()) {
                found.push(format!("{path}: a set cannot hold values of any type"));
            }
            if self.holds_write_only() {
                found.push(format!("{path}: a set cannot hold write-only attributes"));
            }
        }
        for attribute in &self.attributes {
            let unknown = role == Role::Planned && attribute.mode.is_computed();
            let may_be = match (attribute.nullable, attribute.unknowable) {
                (_, false) if unknown => "unknown",
                (false, _) if attribute.mode != Mode::Required => "null",
                _ => continue,
            };
            let name = &attribute.name;
            found.push(format!(
                "{path}.{name}: it may be {may_be}: make it an Attr"
            ));
        }
        self.find_problems(path, role, found);
    }

    fn holds_write_only(&self) -> bool {
        self.members().any(|member| {
            member
                .attribute
                .is_some_and(|attribute| attribute.write_only)
                || member
                    .objects
                    .is_some_and(|(_, block)| block.holds_write_only())
        })
    }
}

impl NestedBlock {
    fn find_problems(&self, path: &str, found: &mut Vec<String>) {
        let mut problem = |text: &str| found.push(format!("{path}: {text}"));
        if self.overdeclared {
            problem("a block has only min_items and max_items: make it an attribute");
        }
        let (min, max) = (self.min_items, self.max_items);
        let faulty = match self.nesting {
            Nesting::Single => min > 1 || max > 1,
            Nesting::List | Nesting::Set => max != 0 && min > max,
            Nesting::Map => (min, max) != (0, 0),
        };
        if faulty {
            problem("min_items and max_items do not fit its nesting");
        }
    }
}

fn holds_dynamic(ty: &Type) -> bool {
    match ty {
        Type::Dynamic => true,
        Type::List(element) | Type::Set(element) | Type::Map(element) => holds_dynamic(element),
        Type::Tuple(elements) => elements.iter().any(holds_dynamic),
        Type::Object(attributes) => attributes.values().any(|a| holds_dynamic(&a.ty)),
        Type::String | Type::Number | Type::Bool => false,
    }
}

impl Attribute {
    fn siblings(&self) -> impl Iterator<Item = &String> {
        self.relations.iter().flat_map(|relation| match relation {
            Relation::ConflictsWith(names)
            | Relation::AlsoRequires(names)
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
