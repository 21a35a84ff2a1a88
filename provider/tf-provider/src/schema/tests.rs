//! What follows from a schema: plans, replacements, faults.

use super::*;
use crate::block::plan::*;
use crate::block::{Role, validate};
use crate::model::Set;
use crate::value::{Path, Type, Value};
use crate::{Attr, Field, Model, Severity, model};

model! {
    /// A part.
    struct Part {
        /// Its name.
        name: Attr<String> = required().requires_replace(),
        /// Given by the provider.
        number: Attr<u64> = computed(),
    }
}

model! {
    /// A thing.
    struct Thing {
        /// Its name.
        name: Attr<String> = required().requires_replace().validate(length(2..=8)),
        /// Its colour.
        colour: Attr<String> = optional().default("red"),
        /// Its parts.
        parts: Attr<Vec<Part>> = optional(),
        /// Its parts without order.
        set: Attr<Set<Part>> = optional(),
        /// Given once.
        id: Attr<String> = computed().use_state_for_unknown(),
        /// Given anew.
        time: Attr<String> = computed(),
        /// Given by either.
        zone: Attr<String> = optional_computed(),
        /// One way to say it.
        long: Attr<String> = optional().exactly_one_of(["short"]),
        /// The other way to say it.
        short: Attr<String> = optional().also_requires(["zone"]),
        /// Old.
        old: Attr<String> = optional().deprecated("Use new.").conflicts_with(["zone"]),
        /// Not stored.
        secret: Attr<String> = optional().write_only(),
    }
}

fn config() -> Thing {
    Thing {
        name: "it".into(),
        long: "x".into(),
        ..Thing::default()
    }
}

fn stored() -> Thing {
    Thing {
        colour: "red".into(),
        id: "1".into(),
        time: "now".into(),
        zone: "z".into(),
        ..config()
    }
}

/// The plan from these, as Terraform proposes it: what is computed stays as it was.
fn planned(config: &Thing, prior: Option<&Thing>) -> Thing {
    let mut proposed = config.clone();
    if let Some(prior) = prior {
        proposed.id = prior.id.clone();
        proposed.time = prior.time.clone();
        proposed.zone = prior.zone.clone();
    }
    let prior = prior.map(Field::to_value);
    let planned = plan(
        &Thing::block(),
        &config.to_value(),
        prior.as_ref(),
        proposed.to_value(),
    );
    Thing::from_value(&planned).unwrap()
}

#[test]
fn plans_a_creation_with_defaults_and_unknown_results() {
    let planned = planned(&config(), None);
    assert_eq!(planned.colour.as_str(), Some("red"));
    assert!(planned.id.is_unknown() && planned.time.is_unknown() && planned.zone.is_unknown());
    assert!(planned.parts.is_null());
}

#[test]
fn plans_nothing_if_nothing_changed() {
    assert_eq!(planned(&config(), Some(&stored())), stored());
}

#[test]
fn makes_results_of_a_change_unknown_unless_they_use_state() {
    let changed = Thing {
        colour: "blue".into(),
        ..config()
    };
    let planned = planned(&changed, Some(&stored()));
    assert_eq!(planned.id.as_str(), Some("1"));
    assert!(planned.time.is_unknown() && planned.zone.is_unknown());
    let replaced = replaced(&Thing::block(), &stored().to_value(), &planned.to_value());
    assert!(replaced.is_empty(), "{replaced:?}");
}

#[test]
fn plans_each_nested_object() {
    let part = |name: &str| Part {
        name: name.into(),
        number: Attr::Null,
    };
    let config = Thing {
        parts: Attr::Known(vec![part("a"), part("b")]),
        set: Attr::Known(Set(vec![part("a"), part("b")])),
        ..config()
    };
    let planned = planned(&config, None);
    let all = planned
        .parts
        .known()
        .unwrap()
        .iter()
        .chain(&planned.set.known().unwrap().0);
    for part in all {
        assert!(
            part.number.is_unknown() && part.name.known().is_some(),
            "{part:?}"
        );
    }
    let before = Thing {
        parts: Attr::Known(vec![part("a"), part("c")]),
        ..stored()
    };
    let replaced = replaced(&Thing::block(), &before.to_value(), &planned.to_value());
    assert_eq!(replaced, [Path::from("parts").index(1).attribute("name")]);
}

#[test]
fn keeps_details_that_a_model_cannot_hold() {
    let half_known = Value::List(vec![Value::string("a"), Value::unknown()]);
    let raw = Value::object([("list", half_known.clone()), ("size", Value::unknown())]);
    let before = Value::object([("list", Value::unknown()), ("size", Value::unknown())]);
    let after = Value::object([("list", Value::unknown()), ("size", Value::Bool(true))]);
    let carried = carry(raw, &before, after);
    assert_eq!(carried.get("list"), Some(&half_known));
    assert_eq!(carried.get("size"), Some(&Value::Bool(true)));
}

#[test]
fn keeps_details_of_objects_in_lists() {
    let part = |number| {
        Value::object([
            (
                "tags",
                Value::List(vec![Value::string("a"), Value::unknown()]),
            ),
            ("number", number),
        ])
    };
    let held = |number| Value::object([("tags", Value::unknown()), ("number", number)]);
    let carried = carry(
        Value::List(vec![part(Value::unknown())]),
        &Value::List(vec![held(Value::unknown())]),
        Value::List(vec![held(Value::Bool(true))]),
    );
    assert_eq!(carried, Value::List(vec![part(Value::Bool(true))]));
}

/// The paths of errors, and whether there are warnings.
fn faults(config: &Thing) -> (Vec<String>, bool) {
    let found = validate(&Thing::block(), &config.to_value());
    let (errors, warnings): (Vec<_>, Vec<_>) = found
        .iter()
        .partition(|found| found.severity == Severity::Error);
    (
        errors.iter().map(|error| error.path.to_string()).collect(),
        !warnings.is_empty(),
    )
}

#[test]
fn reports_errors_at_their_attributes() {
    assert_eq!(faults(&config()), (vec![], false));
    let too_long = Thing {
        name: "a long name".into(),
        ..config()
    };
    assert_eq!(faults(&too_long).0, ["name"]);
    let both = Thing {
        short: "y".into(),
        zone: "z".into(),
        ..config()
    };
    assert_eq!(faults(&both).0, ["long"]);
    let neither = Thing {
        long: Attr::Null,
        ..config()
    };
    assert_eq!(
        faults(&neither).0,
        [""],
        "a missing argument is its block's fault"
    );
    let alone = Thing {
        long: Attr::Null,
        short: "y".into(),
        ..config()
    };
    assert_eq!(faults(&alone).0, ["short"]);
    let old = Thing {
        old: "x".into(),
        ..config()
    };
    assert_eq!(faults(&old), (vec![], true));
    let conflict = Thing {
        old: "x".into(),
        zone: "z".into(),
        ..config()
    };
    assert_eq!(faults(&conflict), (vec!["old".to_owned()], true));
}

#[test]
fn accepts_unknown_values() {
    let unknown = Thing {
        name: Attr::Unknown,
        long: Attr::Unknown,
        ..config()
    };
    assert_eq!(faults(&unknown).0, Vec::<String>::new());
    let one_is_set = Thing {
        long: Attr::Unknown,
        short: "y".into(),
        zone: "z".into(),
        ..config()
    };
    assert_eq!(faults(&one_is_set).0, Vec::<String>::new());
}

#[test]
fn fills_in_and_strips_write_only_attributes() {
    let with_secret = Thing {
        secret: "s".into(),
        ..config()
    }
    .to_value();
    let mut state = config().to_value();
    fill_write_only(&Thing::block(), &with_secret, &mut state);
    assert_eq!(state, with_secret);
    strip_write_only(&Thing::block(), &mut state);
    assert_eq!(state, config().to_value());
}

#[test]
fn reports_an_error_in_a_set_at_the_set() {
    model! {
        /// Holds a set.
        struct Holder {
            /// Rules.
            each: Attr<Set<Rule>> = block(),
            /// One rule.
            only: Attr<Rule> = block().min_items(1),
        }
    }
    model! {
        /// A rule.
        struct Rule {
            /// What it does.
            action: Attr<String> = required().validate(one_of(["allow"])),
        }
    }
    let rule = |action: &str| Value::object([("action", Value::string(action))]);
    let each = Value::set([rule("allow"), rule("ask")]);
    let found = validate(&Holder::block(), &Value::object([("each", each.clone())]));
    let found = found.iter().next().unwrap();
    assert_eq!(found.summary, "Invalid value for each[*].action");
    // The elements have another order here than in the configuration.
    let steps = found.path.to_proto().steps;
    assert_eq!(steps, Path::from("each").to_proto().steps);
    let wrong = Value::set([Value::object([("action", Value::Bool(true))])]);
    let error = Holder::from_value(&Value::object([("each", wrong)])).unwrap_err();
    assert_eq!(error.path.to_string(), "each[*].action");

    // Terraform wants the numbers of a single block to be equal.
    let schema = Schema {
        version: 0,
        block: Holder::block(),
    }
    .to_proto();
    let only = &schema.block.unwrap().block_types[1];
    assert_eq!((only.min_items, only.max_items), (1, 1));
}

#[test]
fn cuts_paths_at_what_terraform_can_underline() {
    model! {
        /// Holds blocks.
        struct Holder {
            /// Blocks.
            rule: Attr<Vec<Part>> = block(),
            /// Objects.
            parts: Attr<Vec<Part>> = optional(),
        }
    }
    let block = Holder::block();
    let number = |path: Path| block.written(&path).to_string();
    let first = |name: &str| Path::from(name).index(1).attribute("number");
    assert_eq!(number(first("rule")), "rule[1].number");
    // Terraform does not look into objects, and would underline the whole resource.
    assert_eq!(number(first("parts")), "parts[1]");
    assert_eq!(number(Path::from("gone").attribute("x")), "gone");
}

#[test]
fn reports_invalid_declarations() {
    model! {
        /// Faulty.
        struct Faulty {
            /// Reserved.
            count: Attr<u64> = optional(),
            /// No such sibling.
            one: Attr<String> = required().default("x").conflicts_with(["none"]),
            /// Cannot be both.
            both: Attr<String> = computed().write_only(),
            /// Cannot be unknown.
            plain: String = required(),
            /// Its objects are faulty.
            set: Attr<Set<Nested>> = optional(),
            /// Says what a block cannot.
            over: Attr<Nested> = block().requires_replace(),
            /// Cannot be twice.
            twice: Attr<Nested> = block().min_items(2),
            /// More than it may.
            many: Attr<Vec<Nested>> = block().min_items(2).max_items(1),
        }
    }
    model! {
        /// Nested in something faulty.
        struct Nested {
            /// Of any type.
            any: Attr<Value> = optional(),
            /// Not stored.
            secret: Attr<String> = optional().write_only(),
            /// Cannot be null.
            never_null: u64 = optional(),
            /// Cannot be unknown.
            never_unknown: Option<u64> = computed(),
        }
    }
    let problems = Faulty::block().problems("it", Role::Planned).join("\n");
    for part in [
        "it.count: ",
        "it.one: a required",
        "it.one: it has no sibling \"none\"",
        "it.both: ",
        "it.set: a set cannot hold values of any type",
        "it.set: a set cannot hold write-only",
        "it.set.never_null: it may be null",
        "it.set.never_unknown: it may be unknown",
        "it.over: a block has only",
        "it.twice: min_items and max_items",
        "it.many: min_items and max_items",
    ] {
        assert!(problems.contains(part), "no {part:?} in {problems}");
    }
    assert_eq!(
        Thing::block().problems("it", Role::Planned),
        Vec::<String>::new()
    );
}

#[test]
fn takes_descriptions_from_doc_comments() {
    let block = Thing::block();
    assert_eq!(block.description, "A thing.");
    assert_eq!(block.attribute("name").unwrap().description, "Its name.");
    assert_eq!(
        block.attribute("colour").unwrap().mode,
        Mode::OptionalComputed
    );
    let nested = Type::list(Type::object([
        ("name", Type::String),
        ("number", Type::Number),
    ]));
    assert_eq!(block.attribute("parts").unwrap().shape.ty(), nested);
}
