//! Decodes values from JSON, as Terraform keeps them in its state.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{Budget, ParseNumberError, Step, Type, Value, ValueError};

/// Decodes a value of this type.
///
/// Drops attributes that the type does not have: a newer provider may have dropped them
/// without raising its schema's version, as Terraform allows.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, ValueError> {
    value(parse(bytes)?, ty, 0, &mut Budget::new())
}

fn parse<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, ValueError> {
    serde_json::from_slice(bytes).map_err(|error| ValueError::malformed(error.to_string()))
}

/// Decodes a value. Raw JSON keeps the digits of a number, which a parsed number would lose.
fn value(
    json: &RawValue,
    ty: &Type,
    depth: usize,
    budget: &mut Budget,
) -> Result<Value, ValueError> {
    budget.take(1, depth)?;
    let text = json.get();
    if text == "null" {
        return Ok(Value::Null);
    }
    // Of the right kind, and invalid all the same: the error says how.
    let expected = |error| match kind(text) == kind_of(ty) {
        true => error,
        false => ValueError::mismatch(ty.to_string(), kind(text)),
    };
    match ty {
        Type::Bool => parse(text.as_bytes()).map(Value::Bool).map_err(expected),
        Type::String => parse(text.as_bytes())
            .map(|s: String| Value::string(s))
            .map_err(expected),
        Type::Number => {
            number(text).map_err(|error| expected(ValueError::malformed(error.to_string())))
        }
        Type::List(element) | Type::Set(element) => {
            let given: Vec<&RawValue> = parse(text.as_bytes()).map_err(expected)?;
            let given = given.into_iter().enumerate().map(|(index, json)| {
                value(json, element, depth + 1, budget)
                    .map_err(|error| error.under(Step::Index(index)))
            });
            let elements: Vec<_> = given.collect::<Result<_, _>>()?;
            Ok(match ty {
                Type::Set(_) => Value::set(elements),
                _ => Value::List(elements),
            })
        }
        Type::Map(element) => {
            let entries: BTreeMap<String, &RawValue> = parse(text.as_bytes()).map_err(expected)?;
            let entries = entries.into_iter().map(|(key, entry)| {
                let entry = value(entry, element, depth + 1, budget);
                let entry = entry.map_err(|error| error.under(Step::Key(key.clone())))?;
                Ok((super::normalise(key), entry))
            });
            entries.collect::<Result<_, _>>().map(Value::Map)
        }
        Type::Object(attributes) => {
            let given: BTreeMap<String, &RawValue> = parse(text.as_bytes()).map_err(expected)?;
            budget.take(attributes.len(), depth)?;
            let attributes = attributes.iter().map(|(name, attribute)| {
                let given = given
                    .get(name)
                    .map(|json| value(json, &attribute.ty, depth + 1, budget));
                let given = given.unwrap_or(Ok(Value::Null));
                let given = given.map_err(|error| error.under(Step::Attribute(name.clone())))?;
                Ok((name.clone(), given))
            });
            attributes.collect::<Result<_, _>>().map(Value::Map)
        }
        Type::Tuple(types) => {
            let given: Vec<&RawValue> = parse(text.as_bytes()).map_err(expected)?;
            if given.len() != types.len() {
                let found = format!("{} elements", given.len());
                return Err(ValueError::mismatch(ty.to_string(), found));
            }
            let given = given
                .into_iter()
                .zip(types)
                .enumerate()
                .map(|(index, (json, ty))| {
                    value(json, ty, depth + 1, budget)
                        .map_err(|error| error.under(Step::Index(index)))
                });
            given.collect::<Result<_, _>>().map(Value::List)
        }
        Type::Dynamic => dynamic(text, depth, budget),
    }
}

/// Decodes a number. Terraform 0.12 and later write numbers; state upgraded from earlier
/// versions may hold them as strings.
fn number(text: &str) -> Result<Value, ParseNumberError> {
    let unquoted = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    unquoted.parse().map(Value::Number)
}

#[derive(serde::Deserialize)]
struct Typed<'a> {
    #[serde(borrow, rename = "type")]
    ty: &'a RawValue,
    #[serde(borrow)]
    value: &'a RawValue,
}

fn dynamic(text: &str, depth: usize, budget: &mut Budget) -> Result<Value, ValueError> {
    let typed: Typed<'_> = parse(text.as_bytes())?;
    let ty = Type::from_json(typed.ty.get().as_bytes())?;
    let value = value(typed.value, &ty, depth + 1, budget)?;
    Ok(Value::Dynamic(Box::new((ty, value))))
}

/// Returns what [`kind`] says of a value of this type.
fn kind_of(ty: &Type) -> &'static str {
    match ty {
        Type::String => "string",
        Type::Number => "number",
        Type::Bool => "bool",
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => "list",
        Type::Map(_) | Type::Object(_) | Type::Dynamic => "map",
    }
}

fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "string",
        Some(b'[') => "list",
        Some(b'{') => "map",
        Some(b't' | b'f') => "bool",
        _ => "number",
    }
}
