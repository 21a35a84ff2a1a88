//! Checks a configuration against validators and relations.

use super::{Attribute, Block, Nesting, Relation};
use crate::{
    Diagnostic, Diagnostics,
    model::Shape,
    value::{Path, Value},
};

/// What is wrong with this configuration of `block`, as far as it is known.
pub fn validate(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk(block, config, &Path::root(), &mut |at| {
        related(at, &mut found);
        if !at.value.is_null() {
            check(at, &mut found);
        }
    });
    found
}

/// An error for each write-only attribute that is set: for a Terraform that would
/// store its value, since it does not know what write-only is.
pub fn refuse_write_only(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk(block, config, &Path::root(), &mut |at| {
        if at.attribute.write_only && !at.value.is_null() {
            let detail = "Its value must not be stored, which needs Terraform 1.11 or later.";
            let summary = format!("{} is a write-only attribute", at.path);
            found.push(Diagnostic::error(summary, detail).at(at.path.clone()));
        }
    });
    found
}

/// An attribute, and what a configuration says of it.
struct At<'a> {
    attribute: &'a Attribute,
    value: &'a Value,
    /// The object that the attribute is of.
    siblings: &'a Value,
    path: &'a Path,
}

/// Visits every attribute of an object and of the objects inside it.
fn walk(block: &Block, config: &Value, path: &Path, visit: &mut dyn FnMut(&At<'_>)) {
    for attribute in &block.attributes {
        let value = config.get(&attribute.name).unwrap_or(&Value::Null);
        let path = &path.clone().attribute(&attribute.name);
        visit(&At {
            attribute,
            value,
            siblings: config,
            path,
        });
        if let Shape::Objects(nesting, block) = &attribute.shape {
            objects(*nesting, block, value, path, visit);
        }
    }
    for nested in &block.blocks {
        let value = config.get(&nested.name).unwrap_or(&Value::Null);
        let path = path.clone().attribute(&nested.name);
        objects(nested.nesting, &nested.block, value, &path, visit);
    }
}

fn objects(
    nesting: Nesting,
    block: &Block,
    value: &Value,
    path: &Path,
    visit: &mut dyn FnMut(&At<'_>),
) {
    for (step, object) in nesting.objects(value) {
        let path = step.map_or_else(|| path.clone(), |step| path.clone().step(step));
        walk(block, object, &path, visit);
    }
}

fn check(at: &At<'_>, found: &mut Diagnostics) {
    let At {
        attribute,
        value,
        path,
        ..
    } = at;
    if let Some(instead) = &attribute.deprecated {
        let summary = format!("Argument {path} is deprecated");
        found.push(Diagnostic::warning(summary, instead).at((*path).clone()));
    }
    if value.is_unknown() {
        return;
    }
    for validator in &attribute.validators {
        if let Err(message) = validator.check(value) {
            let detail = format!("The value {message}.");
            let summary = format!("Invalid value of {path}");
            found.push(Diagnostic::error(summary, detail).at((*path).clone()));
        }
    }
}

/// Checks what the attribute demands of those beside it. What is unknown may
/// turn out either way, so that it is checked again when it is known.
fn related(at: &At<'_>, found: &mut Diagnostics) {
    let At {
        attribute,
        value,
        siblings,
        path,
    } = *at;
    let sibling = |name: &String| siblings.get(name).unwrap_or(&Value::Null);
    let is_set = |value: &Value| !value.is_null() && !value.is_unknown();
    for relation in &attribute.relations {
        let problem = match relation {
            Relation::ConflictsWith(others) if is_set(value) => others
                .iter()
                .find(|other| is_set(sibling(other)))
                .map(|other| {
                    format!("It cannot be set together with {other:?}: remove one of them.")
                }),
            Relation::RequiredWith(others) if is_set(value) => others
                .iter()
                .find(|other| sibling(other).is_null())
                .map(|other| format!("It needs {other:?} beside it, which is not set.")),
            Relation::ExactlyOneOf(others) => {
                let set = set_count(value, others, siblings);
                let names = names(&attribute.name, others);
                match set {
                    Some(0) => Some(format!("One of {names} has to be set.")),
                    Some(2..) => Some(format!("Only one of {names} can be set.")),
                    _ => None,
                }
            }
            Relation::AtLeastOneOf(others) => {
                let missing = set_count(value, others, siblings) == Some(0);
                let names = names(&attribute.name, others);
                missing.then(|| format!("At least one of {names} has to be set."))
            }
            _ => None,
        };
        if let Some(detail) = problem {
            let summary = format!("Invalid combination of arguments with {path}");
            // A missing argument cannot be underlined: its block is.
            let at = if value.is_null() {
                parent(path)
            } else {
                path.clone()
            };
            found.push(Diagnostic::error(summary, detail).at(at));
        }
    }
}

/// How many of an attribute and `others` are set; none if that is not known yet.
fn set_count(value: &Value, others: &[String], siblings: &Value) -> Option<usize> {
    let others = others
        .iter()
        .map(|other| siblings.get(other).unwrap_or(&Value::Null));
    let all: Vec<_> = std::iter::once(value).chain(others).collect();
    let set = all
        .iter()
        .filter(|value| !value.is_null() && !value.is_unknown())
        .count();
    // Two that are set are one too many, whatever the rest turns out to be.
    (set > 1 || !all.iter().any(|value| value.is_unknown())).then_some(set)
}

fn names(name: &str, others: &[String]) -> String {
    let all: Vec<_> = std::iter::once(name)
        .chain(others.iter().map(String::as_str))
        .map(|n| format!("{n:?}"))
        .collect();
    all.join(", ")
}

fn parent(path: &Path) -> Path {
    let steps = path.steps();
    steps
        .iter()
        .take(steps.len().saturating_sub(1))
        .cloned()
        .fold(Path::root(), Path::step)
}
