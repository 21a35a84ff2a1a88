//! Lists the attributes of a block, level by level.

use super::one_line;
use crate::block::{Attribute, Block, Mode, Nesting, Relation, Shape};
use crate::value::{Type, Value};

/// Returns the section that lists a block's attributes and those of nested objects; empty if there
/// are none.
pub(super) fn section(block: &Block) -> String {
    if block.attributes.is_empty() && block.blocks.is_empty() {
        return String::new();
    }
    let mut text = "## Schema\n".to_owned();
    level(block, &[], &mut text);
    text
}

/// Appends one level, at `path`, and those below it.
fn level(block: &Block, path: &[&str], text: &mut String) {
    for group in ["Required", "Optional", "Read-Only"] {
        let attributes = block.attributes.iter();
        let attributes = attributes.filter(|item| group_of(item.mode) == group);
        let blocks = block.blocks.iter().filter(|item| match item.min_items {
            0 => group == "Optional",
            _ => group == "Required",
        });
        let blocks = blocks.map(|item| {
            let kind = format!("Block{}", plural(item.nesting));
            line(&item.name, &kind, &item.block.description, path, true)
        });
        let lines: Vec<_> = attributes
            .map(|item| attribute(item, path))
            .chain(blocks)
            .collect();
        if !lines.is_empty() {
            let heading = if path.is_empty() {
                format!("\n### {group}\n\n")
            } else {
                format!("\n{group}:\n\n")
            };
            *text += &heading;
            *text += &lines.concat();
        }
    }
    for member in block.members() {
        let Some((_, block)) = member.objects else {
            continue;
        };
        let path = [path, &[member.name]].concat();
        *text += &format!(
            "\n<a id=\"{}\"></a>\n### Nested Schema for `{}`\n",
            anchor(&path),
            path.join(".")
        );
        level(block, &path, text);
    }
}

fn group_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Required => "Required",
        Mode::Optional | Mode::OptionalComputed => "Optional",
        Mode::Computed => "Read-Only",
    }
}

fn attribute(attribute: &Attribute, path: &[&str]) -> String {
    let mut kind = match &attribute.shape {
        Shape::Value(ty) => type_name(ty),
        Shape::Objects(nesting, _) => format!("Attributes{}", plural(*nesting)),
    };
    for (holds, word) in [
        (attribute.sensitive, "Sensitive"),
        (attribute.write_only, "Write-only"),
        (attribute.deprecated.is_some(), "Deprecated"),
    ] {
        if holds {
            kind += &format!(", {word}");
        }
    }
    let mut sentences = vec![attribute.description.clone()];
    if let Some(default) = &attribute.default {
        sentences.push(format!("Default: `{}`.", literal(default)));
    }
    sentences.extend(attribute.relations.iter().map(relation));
    if attribute.requires_replace {
        sentences.push("A change replaces the resource.".to_owned());
    }
    sentences.extend(attribute.deprecated.clone());
    let nested = matches!(attribute.shape, Shape::Objects(..));
    line(&attribute.name, &kind, &sentences.join(" "), path, nested)
}

fn line(name: &str, kind: &str, description: &str, path: &[&str], nested: bool) -> String {
    let anchor = anchor(&[path, &[name]].concat());
    let link = if nested {
        format!(" (see [below for nested schema](#{anchor}))")
    } else {
        String::new()
    };
    format!("- `{name}` ({kind}) {}{link}\n", one_line(description))
}

fn anchor(path: &[&str]) -> String {
    format!("nestedatt--{}", path.join("--"))
}

fn relation(relation: &Relation) -> String {
    let list = |names: &[String]| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    match relation {
        Relation::ConflictsWith(names) => format!("Conflicts with {}.", list(names)),
        Relation::AlsoRequires(names) => format!("Needs {}.", list(names)),
        Relation::ExactlyOneOf(names) => format!("Exactly one of this and {} is set.", list(names)),
        Relation::AtLeastOneOf(names) => {
            format!("At least one of this and {} is set.", list(names))
        }
    }
}

fn plural(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "",
        Nesting::List => " List",
        Nesting::Set => " Set",
        Nesting::Map => " Map",
    }
}

/// Returns a type's name on the registry's pages, such as `Map of String`.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Set(element) => format!("Set of {}", type_name(element)),
        Type::Map(element) => format!("Map of {}", type_name(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}

/// Returns a default as a configuration would write it, with text unquoted.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::List(elements) | Value::Set(elements) => {
            let elements: Vec<_> = elements.iter().map(literal).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| format!("{name} = {}", literal(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Dynamic(inner) => literal(&inner.1),
        Value::Null | Value::Unknown(_) => "null".to_owned(),
    }
}
