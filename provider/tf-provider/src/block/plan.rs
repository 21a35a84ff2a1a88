//! What a schema alone says of a plan: defaults, computed values that become unknown,
//! and changes that replace the resource.

use std::collections::BTreeMap;

use super::{Attribute, Block, Nesting};
use crate::value::{Path, Type, Value};

/// Returns the planned state, before the resource modifies it.
///
/// Defaults replace what the configuration leaves out. If anything then differs from
/// `prior`, or there is none, computed values become unknown, except those that keep
/// their prior value.
pub fn plan(block: &Block, config: &Value, prior: Option<&Value>, proposed: Value) -> Value {
    let mut planned = proposed;
    each_attribute(block, config, prior, &mut planned, &with_default);
    if prior != Some(&planned) {
        each_attribute(block, config, prior, &mut planned, &with_unknown);
    }
    planned
}

/// Returns a configuration with its defaults filled in.
pub fn with_defaults(block: &Block, config: Value) -> Value {
    let mut filled = config.clone();
    each_attribute(block, &config, None, &mut filled, &with_default);
    filled
}

/// Sets the planned value of an attribute from its configured and its prior value.
type Decide = dyn Fn(&Attribute, &Value, Option<&Value>, &mut Value);

fn with_default(attribute: &Attribute, config: &Value, _: Option<&Value>, planned: &mut Value) {
    if let Some(default) = &attribute.default
        && config.is_null()
    {
        planned.clone_from(default);
    }
}

fn with_unknown(attribute: &Attribute, config: &Value, prior: Option<&Value>, planned: &mut Value) {
    if !attribute.mode.is_computed() || attribute.default.is_some() || !config.is_null() {
        return;
    }
    *planned = match prior {
        Some(prior) if attribute.use_state_for_unknown => prior.clone(),
        _ => Value::unknown(),
    };
}

fn each_attribute(
    block: &Block,
    config: &Value,
    prior: Option<&Value>,
    planned: &mut Value,
    decide: &Decide,
) {
    let Value::Map(planned) = planned else { return };
    for member in block.members() {
        let config = config.attribute(member.name);
        let prior = prior.and_then(|prior| prior.get(member.name));
        let Some(planned) = planned.get_mut(member.name) else {
            continue;
        };
        if let Some(attribute) = member.attribute {
            decide(attribute, config, prior, planned);
        }
        if let Some((nesting, block)) = member.objects
            && !config.is_null()
        {
            each_object(nesting, block, config, prior, planned, decide);
        }
    }
}

fn each_object(
    nesting: Nesting,
    block: &Block,
    config: &Value,
    prior: Option<&Value>,
    planned: &mut Value,
    decide: &Decide,
) {
    fn element(value: &Value, at: usize) -> Option<&Value> {
        match value {
            Value::List(elements) => elements.get(at),
            _ => None,
        }
    }
    match (nesting, planned) {
        (Nesting::Single, planned) => each_attribute(block, config, prior, planned, decide),
        (Nesting::List, Value::List(elements)) => {
            for (at, planned) in elements.iter_mut().enumerate() {
                let config = element(config, at).unwrap_or(&Value::Null);
                let prior = prior.and_then(|prior| element(prior, at));
                each_attribute(block, config, prior, planned, decide);
            }
        }
        (Nesting::Map, Value::Map(entries)) => {
            for (key, entry) in entries.iter_mut() {
                let config = config.attribute(key);
                let prior = prior.and_then(|prior| prior.get(key));
                each_attribute(block, config, prior, entry, decide);
            }
        }
        // The elements of a set have no names. Terraform proposes each as configured,
        // with null for what is left out.
        (Nesting::Set, planned @ Value::Set(_)) => {
            let Value::Set(elements) = std::mem::replace(planned, Value::Null) else {
                return;
            };
            let elements = elements.into_iter().map(|mut element| {
                let config = element.clone();
                each_attribute(block, &config, None, &mut element, decide);
                element
            });
            *planned = Value::set(elements);
        }
        _ => {}
    }
}

/// Returns the paths of changes that replace the resource.
pub fn replaced(block: &Block, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    find_replaced(block, prior, planned, &Path::root(), &mut found);
    found
}

fn find_replaced(
    block: &Block,
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<Path>,
) {
    for member in block.members() {
        let (prior, planned) = (prior.attribute(member.name), planned.attribute(member.name));
        if prior == planned {
            continue;
        }
        let path = path.clone().attribute(member.name);
        if member
            .attribute
            .is_some_and(|attribute| attribute.requires_replace)
        {
            found.push(path);
        } else if let Some((nesting, block)) = member.objects
            // A changed element of a set is another element: there is nothing to compare.
            && nesting != Nesting::Set
        {
            let prior: BTreeMap<_, _> = nesting.objects(prior).into_iter().collect();
            for (step, planned) in nesting.objects(planned) {
                if let Some(prior) = prior.get(&step) {
                    let path = step.into_iter().fold(path.clone(), Path::step);
                    find_replaced(block, prior, planned, &path, found);
                }
            }
        }
    }
}

/// Returns `after` where it differs from `before`, and `raw` elsewhere.
///
/// `before` is `raw` as a Rust struct held it, which may lose details: half-known lists,
/// refinements, digits. Values that a resource did not touch keep theirs.
pub fn carry(raw: Value, before: &Value, after: Value) -> Value {
    if *before == after {
        return raw;
    }
    match (raw, before, after) {
        (Value::Map(mut raw), Value::Map(before), Value::Map(after)) => Value::Map(
            after
                .into_iter()
                .map(|(key, after)| match (raw.remove(&key), before.get(&key)) {
                    (Some(raw), Some(before)) => {
                        let carried = carry(raw, before, after);
                        (key, carried)
                    }
                    _ => (key, after),
                })
                .collect(),
        ),
        (Value::List(raw), Value::List(before), Value::List(after))
            if raw.len() == after.len() && before.len() == after.len() =>
        {
            let elements = raw.into_iter().zip(before).zip(after);
            let carried = elements.map(|((raw, before), after)| carry(raw, before, after));
            Value::List(carried.collect())
        }
        (_, _, after) => after,
    }
}

/// Returns the state that an operation kept before it failed, in the form that
/// Terraform stores.
pub fn settled(block: &Block, kept: Value) -> Value {
    let mut state = kept.without_unknown();
    strip_write_only(block, &mut state);
    state
}

/// Fills in write-only attributes from the configuration.
pub fn fill_write_only(block: &Block, config: &Value, state: &mut Value) {
    each_attribute(
        block,
        config,
        None,
        state,
        &|attribute, config, _, value| {
            if attribute.write_only {
                value.clone_from(config);
            }
        },
    );
}

/// Sets write-only attributes to null, since they are never stored.
pub fn strip_write_only(block: &Block, state: &mut Value) {
    let given = state.clone();
    each_attribute(block, &given, None, state, &|attribute, _, _, value| {
        if attribute.write_only {
            *value = Value::Null;
        }
    });
}

/// Returns the attributes of `state` that identify the object.
pub fn identity(block: &Block, state: &Value) -> Option<Value> {
    let named = identifying(block).map(|name| (name, state.attribute(name).clone()));
    let exists = matches!(state, Value::Map(_)) && identifying(block).next().is_some();
    exists.then(|| Value::object(named))
}

/// Returns the type of what [`identity`] returns.
pub fn identity_type(block: &Block) -> Type {
    let attributes = identifying(block).filter_map(|name| block.attribute(name));
    Type::object(attributes.map(|attribute| (attribute.name.as_str(), attribute.shape.ty())))
}

fn identifying(block: &Block) -> impl Iterator<Item = &str> {
    let attributes = block
        .attributes
        .iter()
        .filter(|attribute| attribute.identity);
    attributes.map(|attribute| attribute.name.as_str())
}

/// Returns an empty configuration: every attribute null, every collection of blocks empty.
pub fn empty(block: &Block) -> Value {
    Value::object(block.members().map(|member| {
        let none = match (member.attribute, member.objects) {
            (None, Some((Nesting::List, _))) => Value::List(Vec::new()),
            (None, Some((Nesting::Set, _))) => Value::Set(Vec::new()),
            (None, Some((Nesting::Map, _))) => Value::Map(BTreeMap::new()),
            _ => Value::Null,
        };
        (member.name, none)
    }))
}
