//! An item's row: which attribute holds what.
//!
//! What the client may name freely stands in one map, where no name can clash with a key, or with
//! what a later version of the row adds.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::attribute;
use crate::domain::{Draft, Item, ItemId, Name, Owner};

/// Attributes by their names.
pub type Row = HashMap<String, AttributeValue>;

/// Partition key.
pub const OWNER: &str = "owner";
/// Sort key.
pub const ID: &str = "id";

const NAME: &str = "name";
const TIMESTAMP: &str = "timestamp";
const ATTRIBUTES: &str = "attributes";

/// A row that is not an item's.
#[derive(Debug, thiserror::Error)]
#[error("attribute {0} of the row is absent, or not what an item's row holds there")]
pub struct InvalidRow(&'static str);

/// The key of an item.
pub fn key(owner: &Owner, id: ItemId) -> Row {
    Row::from([text(OWNER, owner), text(ID, id)])
}

/// The row of an item.
pub fn of(item: &Item) -> Row {
    let mut row = key(&item.owner, item.id);
    row.extend([
        text(NAME, &item.draft.name),
        // For whoever reads the table; the API takes it from the id.
        text(TIMESTAMP, item.id.timestamp()),
        (
            ATTRIBUTES.to_owned(),
            attribute::map_of(&item.draft.attributes),
        ),
    ]);
    row
}

/// The item of a row.
///
/// # Errors
/// When an attribute is absent, or is not what it should be.
pub fn read(row: &Row) -> Result<Item, InvalidRow> {
    let text = |name| {
        let value = row.get(name).and_then(|value| value.as_s().ok());
        value.ok_or(InvalidRow(name))
    };
    let attributes = row.get(ATTRIBUTES).and_then(|value| value.as_m().ok());
    let attributes = attributes.and_then(|members| attribute::read_map(members).ok());
    Ok(Item {
        owner: Owner::try_from(text(OWNER)?.as_str()).map_err(|_| InvalidRow(OWNER))?,
        id: ItemId::try_from(text(ID)?.as_str()).map_err(|_| InvalidRow(ID))?,
        draft: Draft {
            name: Name::stored(text(NAME)?.clone()),
            attributes: attributes.ok_or(InvalidRow(ATTRIBUTES))?,
        },
    })
}

fn text(name: &str, value: impl ToString) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::S(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;

    fn item() -> Item {
        let raw = serde_json::from_str(
            r#"{"n":12345678901234567890123456789012345678,"l":[null,true,"",{"m":0.1}]}"#,
        );
        let Value::Map(attributes) = Value::read(raw.unwrap(), "").unwrap() else {
            panic!("not a map")
        };
        Item {
            owner: Owner::try_from("owner").unwrap(),
            id: ItemId::generate(),
            draft: Draft {
                name: Name::try_from("ü".to_owned()).unwrap(),
                attributes,
            },
        }
    }

    #[test]
    fn an_item_survives_its_row() {
        let item = item();
        let row = of(&item);
        assert_eq!(read(&row).unwrap(), item);
        assert_eq!(
            row[ATTRIBUTES].as_m().unwrap()["n"].as_n().unwrap().len(),
            38
        );
    }

    /// A rule for new input, such as a name's length, must not make it unreadable.
    #[test]
    fn an_old_row_is_read_whatever_new_input_must_be() {
        let mut row = of(&item());
        row.extend([text(NAME, "x".repeat(Name::MAX_CHARACTERS + 1))]);
        assert_eq!(of(&read(&row).unwrap()), row);
    }

    #[test]
    fn a_broken_row_names_its_attribute() {
        let mut row = of(&item());
        row.insert(ATTRIBUTES.into(), AttributeValue::Ss(vec!["a".into()]));
        assert!(read(&row).unwrap_err().to_string().contains(ATTRIBUTES));
        row.remove(NAME);
        assert!(read(&row).unwrap_err().to_string().contains(NAME));
    }
}
