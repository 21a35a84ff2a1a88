//! An item's row: which attribute holds what.
//!
//! What the client may name freely stands in one map, where no name can clash with a key, or with
//! what a later version of the row adds.

use aws_sdk_dynamodb::types::AttributeValue;
use function_kit::Id;
use function_kit::aws::table::{self, Row, text};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::attribute::{self, NotJson};
use crate::domain::{Draft, Item, ItemId, Name, Owner, Version};

/// Partition key.
pub const OWNER: &str = "owner";
/// Sort key.
pub const ID: &str = "id";

const ATTRIBUTES: &str = "attributes";

/// A row that is not an item's.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRow {
    /// An attribute is missing, or is not what an item's row holds there.
    #[error("the row is not an item's")]
    Head(#[from] serde_dynamo::Error),
    /// The attributes that the client named are missing, or are not JSON.
    #[error("the row's {ATTRIBUTES} cannot be read")]
    Attributes(#[source] NotJson),
}

/// What a row holds besides the attributes that the client named.
#[derive(Serialize, Deserialize)]
struct Head {
    owner: Owner,
    id: ItemId,
    name: Name,
    /// For whoever reads the table; the API takes it from the id.
    #[serde(skip_deserializing)]
    timestamp: Timestamp,
    /// Called as [`LAST_WRITE`](table::LAST_WRITE) is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_write: Option<Id<Version>>,
}

/// Returns the key of an item.
pub fn key(owner: &Owner, id: ItemId) -> Row {
    table::key([(OWNER, text(owner)), (ID, text(id))])
}

/// Returns the row of an item.
///
/// # Errors
/// Never: its head always serializes.
pub fn of(item: &Item) -> Result<Row, InvalidRow> {
    let head = Head {
        owner: item.owner.clone(),
        id: item.id,
        name: item.draft.name.clone(),
        timestamp: item.id.created_at(),
        last_write: item.version.mark(),
    };
    let mut row: Row = serde_dynamo::to_item(head)?;
    let attributes = attribute::map_of(&item.draft.attributes);
    row.insert(ATTRIBUTES.to_owned(), attributes);
    Ok(row)
}

/// Returns the item of a row.
///
/// # Errors
/// When an attribute is missing, or is not what it should be.
pub fn read(mut row: Row) -> Result<Item, InvalidRow> {
    let attributes = match row.remove(ATTRIBUTES) {
        Some(AttributeValue::M(members)) => attribute::read_map(&members),
        _ => Err(NotJson("it is not a map")),
    };
    let head: Head = serde_dynamo::from_item(row)?;
    Ok(Item {
        owner: head.owner,
        id: head.id,
        version: Version::of_mark(head.last_write),
        draft: Draft {
            name: head.name,
            attributes: attributes.map_err(InvalidRow::Attributes)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use function_kit::text::chain;

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
            owner: "owner".parse().unwrap(),
            id: ItemId::generate(),
            version: Version::generate(),
            draft: Draft {
                name: Name::try_from("ü".to_owned()).unwrap(),
                attributes,
            },
        }
    }

    #[test]
    fn an_item_survives_its_row() {
        let item = item();
        let row = of(&item).unwrap();
        let mark = item.version.to_string();
        assert_eq!(row[table::LAST_WRITE], text(mark));
        let number = &row[ATTRIBUTES].as_m().unwrap()["n"];
        assert_eq!(number.as_n().unwrap().len(), 38);
        assert_eq!(
            row["timestamp"].as_s().unwrap(),
            &item.id.created_at().to_string()
        );
        assert_eq!(read(row).unwrap(), item);
    }

    /// A rule for new input, such as a name's length, must not make it unreadable.
    #[test]
    fn an_old_row_is_read_whatever_new_input_must_be() {
        let mut row = of(&item()).unwrap();
        let name = "x".repeat(Name::MAX_CHARACTERS + 1);
        row.extend(table::key([("name", text(name)), (OWNER, text("auth0|1"))]));
        row.remove(table::LAST_WRITE);
        assert_eq!(of(&read(row.clone()).unwrap()).unwrap(), row);
        row.remove("timestamp");
        assert!(read(row).is_ok());
    }

    #[test]
    fn a_broken_row_names_its_attribute() {
        let mut row = of(&item()).unwrap();
        row.insert(ATTRIBUTES.into(), AttributeValue::Ss(vec!["a".into()]));
        let error = read(row.clone()).unwrap_err();
        assert!(chain(&error).contains(ATTRIBUTES), "{error}");
        row.remove("name");
        let error = read(row).unwrap_err();
        assert!(chain(&error).contains("name"), "{error}");
    }
}
