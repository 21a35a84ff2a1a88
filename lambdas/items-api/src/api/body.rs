//! The body of `POST /items` and `PUT /items/{id}`: checked, with each mistake told in its place.

use std::collections::BTreeMap;

use function_kit::http::size::GUARANTEED_JSON_BYTES;
use function_kit::{Member, Mistakes, Problem, Request};
use serde_json::value::RawValue;

use crate::domain::json::{InvalidValue, Members, below};
use crate::domain::{Attributes, Draft, ItemId, Name, Value};

/// Largest body, in bytes. DynamoDB keeps rows of up to 400 KB ("Service, account, and table
/// quotas"), and JSON grows by half at most as attributes: `1,` in a list, two bytes, is three
/// ("DynamoDB item sizes and formats"). 256 KiB and a half is 384 KiB.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

// API Gateway and Lambda let every such body arrive.
const _: () = assert!(MAX_BODY_BYTES <= GUARANTEED_JSON_BYTES);

/// Reads the body; `id` is that of the item which is replaced, if one is.
///
/// # Errors
/// The problem to answer with.
pub fn read(request: &Request, id: Option<ItemId>) -> Result<Draft, Problem> {
    let text = text(request)?;
    let members = Members::of(&text)
        .map_err(|error| Problem::bad_request(format!("the body is not JSON: {error}")))?;
    let mut mistakes = Mistakes::default();
    let mut members = match members.by_name("") {
        Ok(members) => members,
        Err(error) => {
            note(&mut mistakes, error);
            return Err(mistakes.into_problem());
        }
    };

    if let Some(sent) = members.remove("id") {
        given(&mut mistakes, "id", sent, id.map(|id| id.to_string()));
    }
    // Overwritten, whatever it is: the id tells the time.
    members.remove("timestamp");
    let name = match members.remove("name") {
        None => Some(Name::default()),
        Some(raw) => {
            // A string with escapes that are no characters is no text either.
            let name = serde_json::from_str(raw.get()).map_or(Member::Other, Member::Text);
            mistakes.parse("/name", Some(name), Name::try_from)
        }
    };
    let attributes = attributes(members)
        .map_err(|error| note(&mut mistakes, error))
        .ok();
    let (Some(name), Some(attributes)) = (name, attributes) else {
        return Err(mistakes.into_problem());
    };
    mistakes.none()?;
    Ok(Draft { name, attributes })
}

fn text(request: &Request) -> Result<String, Problem> {
    let body = request.json_object(MAX_BODY_BYTES)?.into_owned();
    String::from_utf8(body)
        .map_err(|error| Problem::bad_request(format!("the body is not UTF-8: {error}")))
}

/// A member that is not the client's to choose may be there only as it is, so that what was read
/// can be sent back.
fn given(mistakes: &mut Mistakes, name: &str, sent: &RawValue, value: Option<String>) {
    let detail = match value {
        None => "is given by the service; leave it out".to_owned(),
        Some(value) if serde_json::from_str(sent.get()).ok().as_ref() == Some(&value) => return,
        Some(value) => format!("cannot be changed: leave it out, or send \"{value}\""),
    };
    mistakes.note(below("", name), detail);
}

/// Up to the first that cannot be kept: of the others there may be very many.
fn attributes(members: BTreeMap<String, &RawValue>) -> Result<Attributes, InvalidValue> {
    let read = |(name, raw): (String, &RawValue)| {
        let value = Value::read(raw, &below("", &name))?;
        Ok((name, value))
    };
    members.into_iter().map(read).collect()
}

fn note(mistakes: &mut Mistakes, error: InvalidValue) {
    mistakes.note(error.pointer, error.detail);
}
