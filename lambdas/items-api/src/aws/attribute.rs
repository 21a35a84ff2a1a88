//! A JSON value as an attribute of DynamoDB. Every value is one; not every attribute is a value.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{Attributes, Value};

/// An attribute that the API has not written.
#[derive(Debug, thiserror::Error)]
#[error("an attribute is not JSON: {0}")]
pub struct NotJson(pub &'static str);

/// The attribute that holds the value.
pub fn of(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(*value),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Text(text) => AttributeValue::S(text.clone()),
        Value::List(values) => AttributeValue::L(values.iter().map(of).collect()),
        Value::Map(members) => map_of(members),
    }
}

/// The map that holds the members.
pub fn map_of(members: &Attributes) -> AttributeValue {
    let attributes = members
        .iter()
        .map(|(name, value)| (name.clone(), of(value)));
    AttributeValue::M(attributes.collect())
}

/// The value that the attribute holds.
///
/// # Errors
/// When it is of a type that JSON lacks, or a number that is not one.
pub fn read(attribute: &AttributeValue) -> Result<Value, NotJson> {
    Ok(match attribute {
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::Bool(value) => Value::Bool(*value),
        AttributeValue::N(number) => {
            Value::Number(number.parse().map_err(|_| NotJson("a number"))?)
        }
        AttributeValue::S(text) => Value::Text(text.clone()),
        AttributeValue::L(values) => {
            Value::List(values.iter().map(read).collect::<Result<_, _>>()?)
        }
        AttributeValue::M(members) => Value::Map(read_map(members)?),
        _ => return Err(NotJson("binary data, or a set")),
    })
}

/// The members that the map holds.
///
/// # Errors
/// As [`read`].
pub fn read_map(members: &HashMap<String, AttributeValue>) -> Result<Attributes, NotJson> {
    let member =
        |(name, attribute): (&String, &AttributeValue)| Ok((name.clone(), read(attribute)?));
    members.iter().map(member).collect()
}
