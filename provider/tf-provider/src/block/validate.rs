//! Checks a configuration against its schema.

use super::{Attribute, Block, Mode, Relation};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::value::{Path, Value};

/// Returns what is wrong with a configuration of `block`, as far as it is known.
pub fn validate(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk(block, config, &Path::root(), &mut |visited| match visited {
        Visited::Attribute(at) => {
            related(at, &mut found);
            check(at, &mut found);
        }
        Visited::Null(path) => found.push(missing("The object", path)),
    });
    found
}

/// Returns an error for each write-only attribute that is set, for versions of Terraform
/// that do not know write-only attributes and would store their values.
pub fn refuse_write_only(block: &Block, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    walk(block, config, &Path::root(), &mut |visited| {
        if let Visited::Attribute(at) = visited
            && at.attribute.write_only
            && !at.value.is_null()
        {
            let detail = "Its value must not be stored, which needs Terraform 1.11 or later.";
            let summary = format!("{} is a write-only attribute", at.path);
            found.push(Diagnostic::error(summary, detail).at(at.path.clone()));
        }
    });
    found
}

/// A place in a configuration.
enum Visited<'a> {
    /// An attribute of an object.
    Attribute(&'a At<'a>),
    /// An element of a collection of objects that is null.
    Null(&'a Path),
}

/// An attribute, and what a configuration says of it.
struct At<'a> {
    attribute: &'a Attribute,
    value: &'a Value,
    /// The object that the attribute is of.
    siblings: &'a Value,
    path: &'a Path,
}

/// Visits every attribute of an object that is known, and of the objects inside it.
/// Read-only attributes are not descended into: their objects are the provider's.
fn walk(block: &Block, config: &Value, path: &Path, visit: &mut dyn FnMut(Visited<'_>)) {
    if !matches!(config, Value::Map(_)) {
        return;
    }
    for member in block.members() {
        let value = config.attribute(member.name);
        let path = path.clone().attribute(member.name);
        if let Some(attribute) = member.attribute {
            visit(Visited::Attribute(&At {
                attribute,
                value,
                siblings: config,
                path: &path,
            }));
            if attribute.mode == Mode::Computed {
                continue;
            }
        }
        let Some((nesting, block)) = member.objects else {
            continue;
        };
        for (step, object) in nesting.objects(value) {
            let path = step.into_iter().fold(path.clone(), Path::step);
            if object.is_null() {
                visit(Visited::Null(&path));
            }
            walk(block, object, &path, visit);
        }
    }
}

/// The checks that terraform-plugin-framework makes too, since Terraform itself does
/// not: <https://github.com/hashicorp/terraform/issues/30669>.
fn check(at: &At<'_>, found: &mut Diagnostics) {
    let At {
        attribute,
        value,
        path,
        ..
    } = *at;
    if value.is_null() {
        if attribute.mode == Mode::Required {
            found.push(missing("The attribute", path));
        }
        return;
    }
    if attribute.mode == Mode::Computed {
        let detail =
            format!("The provider sets this attribute. Remove {path} from the configuration.");
        found.push(Diagnostic::error(format!("{path} is read-only"), detail).at(path.clone()));
        return;
    }
    if let Some(instead) = &attribute.deprecated {
        let summary = format!("Argument {path} is deprecated");
        found.push(Diagnostic::warning(summary, instead).at(path.clone()));
    }
    if value.is_unknown() {
        return;
    }
    for validator in &attribute.validators {
        if let Err(message) = validator.check(value) {
            // The message may repeat the value.
            let hidden = attribute.sensitive || attribute.write_only;
            let requirement = if hidden {
                validator.description()
            } else {
                &message
            };
            let detail = format!("The value {requirement}.");
            let summary = format!("Invalid value for {path}");
            found.push(Diagnostic::error(summary, detail).at(path.clone()));
        }
    }
}

fn missing(what: &str, path: &Path) -> Diagnostic {
    Diagnostic::error(
        format!("Missing value for {path}"),
        format!("{what} {path} is required and cannot be null. Set it to a value."),
    )
    .at(path.clone())
}

/// Checks the relations between an attribute and its siblings. A value that is
/// unknown may turn out null or not: Terraform validates again when it is known.
fn related(at: &At<'_>, found: &mut Diagnostics) {
    let At {
        attribute,
        value,
        siblings,
        path,
    } = *at;
    let sibling = |name: &String| siblings.attribute(name);
    let is_set = |value: &Value| !value.is_null() && !value.is_unknown();
    for relation in &attribute.relations {
        let problem = match relation {
            Relation::ConflictsWith(others) if is_set(value) => others
                .iter()
                .find(|other| is_set(sibling(other)))
                .map(|other| {
                    format!("It cannot be set together with {other:?}: remove one of them.")
                }),
            Relation::AlsoRequires(others) if is_set(value) => others
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
            let at = match value.is_null() {
                true => path.clone().parent(),
                false => path.clone(),
            };
            found.push(Diagnostic::error(summary, detail).at(at));
        }
    }
}

/// How many of an attribute and `others` are set; none if that is not known yet.
fn set_count(value: &Value, others: &[String], siblings: &Value) -> Option<usize> {
    let others = others.iter().map(|other| siblings.attribute(other));
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
