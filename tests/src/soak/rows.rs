//! The table's rows as the audit reads them: from outside, without the pipeline's own types.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::deployment::Deployment;

/// Attributes of a row or of a map in it.
type Attributes = HashMap<String, AttributeValue>;

/// The row of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose upload it is.
    pub owner: String,
    /// The state, such as `PROCESSED`.
    pub status: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The version of its object, once it has arrived.
    pub object_version: Option<String>,
    /// What it takes of its owner's quota.
    pub charge: Charge,
}

/// Bytes and open uploads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Charge {
    /// Bytes that are kept, or announced.
    pub bytes: i64,
    /// Announced uploads that have not arrived.
    pub open: i64,
}

/// All rows of the table.
#[derive(Debug, Default)]
pub struct Rows {
    /// Uploads by id.
    pub uploads: BTreeMap<String, Row>,
    /// Counters by owner.
    pub counters: BTreeMap<String, Charge>,
}

impl Rows {
    /// Reads the whole table, consistently.
    pub fn read(deployment: &Deployment) -> Result<Self> {
        let (clients, table) = (deployment.clients(), deployment.output("uploads_table")?);
        let (mut rows, mut start) = (Self::default(), None);
        loop {
            let scan = clients.dynamodb.scan().table_name(table);
            let scan = scan.consistent_read(true).set_exclusive_start_key(start);
            let page = clients.wait(scan.send())?;
            for item in page.items() {
                rows.add(item).with_context(|| format!("{item:?}"))?;
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(rows);
            }
        }
    }

    fn add(&mut self, item: &Attributes) -> Result<()> {
        let owner = text(item, "owner").context("a row without an owner")?;
        let id = text(item, "upload_id").context("a row without a sort key")?;
        match id.as_str() {
            "quota" => {
                self.counters.insert(owner, counters(item));
            }
            // What answers a repeated request.
            receipt if receipt.starts_with("request#") => {}
            _ => {
                self.uploads.insert(id, row(owner, item)?);
            }
        }
        Ok(())
    }
}

fn row(owner: String, item: &Attributes) -> Result<Row> {
    let status = text(item, "status").context("an upload without a status")?;
    let object = map(item, "object");
    let size = |of: Option<&Attributes>| of.and_then(|it| number(it, "size")).unwrap_or_default();
    let charge = match status.as_str() {
        "PENDING" => Charge {
            bytes: size(map(item, "announced")),
            open: 1,
        },
        "DELETED" => Charge::default(),
        _ => Charge {
            bytes: size(object),
            open: 0,
        },
    };
    Ok(Row {
        owner,
        reason: text(item, "reason"),
        object_version: object.and_then(|object| text(object, "version")),
        charge,
        status,
    })
}

fn counters(item: &Attributes) -> Charge {
    Charge {
        bytes: number(item, "bytes").unwrap_or_default(),
        open: number(item, "open").unwrap_or_default(),
    }
}

fn text(item: &Attributes, name: &str) -> Option<String> {
    item.get(name)?.as_s().ok().cloned()
}

fn number(item: &Attributes, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

fn map<'a>(item: &'a Attributes, name: &str) -> Option<&'a Attributes> {
    item.get(name)?.as_m().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, attributes: &[(&str, AttributeValue)]) -> Attributes {
        let keys = [("owner", "ada"), ("upload_id", id)];
        let keys = keys.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
        let others = attributes.iter().cloned();
        let others = others.map(|(name, value)| (name.to_owned(), value));
        keys.into_iter().chain(others).collect()
    }

    fn status(name: &str) -> (&'static str, AttributeValue) {
        ("status", AttributeValue::S(name.to_owned()))
    }

    fn sized(name: &'static str, size: &str) -> (&'static str, AttributeValue) {
        let size = AttributeValue::N(size.to_owned());
        let version = AttributeValue::S("v1".to_owned());
        let map = [("size".to_owned(), size), ("version".to_owned(), version)];
        (name, AttributeValue::M(HashMap::from(map)))
    }

    #[test]
    fn an_upload_is_charged_by_its_state() {
        let charged = |attributes: &[_]| {
            let mut rows = Rows::default();
            rows.add(&item("01", attributes)).unwrap();
            let charge = rows.uploads["01"].charge;
            (charge.bytes, charge.open)
        };
        assert_eq!(
            charged(&[status("PENDING"), sized("announced", "7")]),
            (7, 1)
        );
        assert_eq!(charged(&[status("RECEIVED"), sized("object", "8")]), (8, 0));
        assert_eq!(
            charged(&[status("PROCESSED"), sized("object", "9")]),
            (9, 0)
        );
        assert_eq!(charged(&[status("FAILED"), sized("object", "3")]), (3, 0));
        assert_eq!(charged(&[status("FAILED")]), (0, 0));
        assert_eq!(charged(&[status("DELETED")]), (0, 0));
    }

    #[test]
    fn counters_and_receipts_are_no_uploads() {
        let mut rows = Rows::default();
        let count = |number: &str| AttributeValue::N(number.to_owned());
        rows.add(&item(
            "quota",
            &[("bytes", count("12")), ("open", count("1"))],
        ))
        .unwrap();
        rows.add(&item("request#k", &[])).unwrap();
        assert!(rows.uploads.is_empty());
        assert_eq!(rows.counters["ada"], Charge { bytes: 12, open: 1 });
        assert!(
            rows.add(&item("02", &[])).is_err(),
            "an upload has a status"
        );
    }
}
