//! The body of `POST /items` and `PUT /items/{id}`: checked, with each mistake told in its place.

use std::collections::BTreeMap;

use function_kit::problem::InvalidMember;
use function_kit::{Problem, Request};
use http::StatusCode;
use serde_json::value::RawValue;

use crate::domain::json::{InvalidValue, Members, below};
use crate::domain::{Attributes, Draft, ItemId, Name, Value};

/// Largest body, in bytes. DynamoDB keeps rows of up to 400 KB ("Service, account, and table
/// quotas"), and JSON grows by half at most as attributes: `1,` in a list, two bytes, is three
/// ("DynamoDB item sizes and formats"). 256 KiB and a half is 384 KiB.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Reads the body; `id` is that of the item which is replaced, if one is.
///
/// # Errors
/// The problem to answer with.
pub fn read(request: &Request, id: Option<ItemId>) -> Result<Draft, Problem> {
    let body = request.json_object()?;
    if body.len() > MAX_BODY_BYTES {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!(
                "the body has {} bytes; at most {MAX_BODY_BYTES} are taken",
                body.len()
            ),
        ));
    }
    let text = String::from_utf8(body)
        .map_err(|error| Problem::bad_request(format!("the body is not UTF-8: {error}")))?;
    let members = Members::of(&text)
        .map_err(|error| Problem::bad_request(format!("the body is not JSON: {error}")))?;
    let mut members = members.by_name("").map_err(only)?;

    let mut errors = Vec::new();
    errors.extend(given(&mut members, "id", id.map(|id| id.to_string())));
    let timestamp = id.map(|id| id.timestamp().to_string());
    errors.extend(given(&mut members, "timestamp", timestamp));
    let name = name(members.remove("name"))
        .map_err(|detail| errors.push(member("/name".to_owned(), detail)))
        .ok();
    let attributes = attributes(members)
        .map_err(|error| errors.push(error.into()))
        .ok();
    match (name, attributes) {
        (Some(name), Some(attributes)) if errors.is_empty() => Ok(Draft { name, attributes }),
        _ => Err(Problem::invalid_members(errors)),
    }
}

/// A member that is not the client's to choose may be there only as it is, so that what was read
/// can be sent back.
fn given(
    members: &mut BTreeMap<String, &RawValue>,
    name: &str,
    value: Option<String>,
) -> Option<InvalidMember> {
    let sent = members.remove(name)?;
    let detail = match value {
        None => "is given by the service; leave it out".to_owned(),
        Some(value) if serde_json::from_str(sent.get()).ok().as_ref() == Some(&value) => {
            return None;
        }
        Some(value) => format!("cannot be changed: leave it out, or send \"{value}\""),
    };
    Some(member(below("", name), detail))
}

fn name(raw: Option<&RawValue>) -> Result<Name, String> {
    let raw = raw.ok_or("is required")?;
    let text: String = serde_json::from_str(raw.get()).map_err(|_| "must be a string")?;
    Name::try_from(text).map_err(|error| error.to_string())
}

/// Up to the first that cannot be kept: of the others there may be very many.
fn attributes(members: BTreeMap<String, &RawValue>) -> Result<Attributes, InvalidValue> {
    let read = |(name, raw): (String, &RawValue)| {
        let value = Value::read(raw, &below("", &name))?;
        Ok((name, value))
    };
    members.into_iter().map(read).collect()
}

fn only(error: InvalidValue) -> Problem {
    Problem::invalid_members(vec![error.into()])
}

fn member(pointer: String, detail: String) -> InvalidMember {
    InvalidMember { detail, pointer }
}

impl From<InvalidValue> for InvalidMember {
    fn from(error: InvalidValue) -> Self {
        member(error.pointer, error.detail)
    }
}
