//! The writes of the transactions on the table of uploads.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::builders::{TransactWriteItemBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use function_kit::aws::table::Row;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::retention::{EXPIRES_AT, seconds};
use super::row::{OWNER, REVISION, quota_key};
use crate::domain::{Charge, IdempotencyKey, Owner, Quota, Receipt, Sha256Digest, UploadId};
use crate::ports::{PortError, PortErrorKind};

/// Attribute of the count of an owner's bytes.
const BYTES: &str = "bytes";
/// Attribute of the count of an owner's open uploads.
const OPEN: &str = "open";

/// The row that counts what an owner's uploads take of the quota.
#[derive(Debug, Default, Deserialize)]
pub struct Used {
    bytes: u64,
    open: u64,
}

impl From<Used> for Charge {
    fn from(Used { bytes, open }: Used) -> Self {
        Self { bytes, open }
    }
}

/// A receipt's row but for its key.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReceiptRow {
    made: UploadId,
    body: Sha256Digest,
    expires_at: i64,
}

impl From<&Receipt> for ReceiptRow {
    fn from(receipt: &Receipt) -> Self {
        Self {
            made: receipt.upload_id,
            body: receipt.body,
            expires_at: receipt.expires_at.as_second(),
        }
    }
}

impl ReceiptRow {
    /// Returns the receipt that the row under this key holds.
    pub fn into_receipt(self, owner: &Owner, key: &IdempotencyKey) -> Receipt {
        Receipt {
            owner: owner.clone(),
            key: key.clone(),
            upload_id: self.made,
            body: self.body,
            expires_at: Timestamp::from_second(self.expires_at).unwrap_or_default(),
        }
    }
}

/// Returns the write of a receipt where there is none that has not expired.
pub fn receipt(table: &str, row: Row, now: Timestamp) -> Result<TransactWriteItem, PortError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .condition_expression("attribute_not_exists(#owner) OR #expires_at <= :now")
        .expression_attribute_names("#owner", OWNER)
        .expression_attribute_names("#expires_at", EXPIRES_AT)
        .expression_attribute_values(":now", seconds(now));
    item(put.build(), |item, put| item.put(put))
}

/// Returns the write of an upload's row where that is at the revision.
pub fn replace(table: &str, row: Row, revision: u64) -> Result<TransactWriteItem, PortError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .condition_expression("#revision = :revision")
        .expression_attribute_names("#revision", REVISION)
        .expression_attribute_values(":revision", number(revision));
    item(put.build(), |item, put| item.put(put))
}

/// Returns the count of a new upload, if the quota allows it.
pub fn count(
    table: &str,
    owner: &Owner,
    charge: Charge,
    quota: Quota,
) -> Result<TransactWriteItem, PortError> {
    let mut add = addition(table, owner, charge.bytes.into(), charge.open.into());
    let mut conditions = Vec::new();
    for (name, limit, charge) in [
        (BYTES, quota.bytes, charge.bytes),
        (OPEN, quota.open_uploads, charge.open),
    ] {
        let Some(limit) = limit else {
            continue;
        };
        let room = number(limit.saturating_sub(charge));
        add = add.expression_attribute_values(format!(":{name}_room"), room);
        conditions.push(format!(
            "(attribute_not_exists(#{name}) OR #{name} <= :{name}_room)"
        ));
    }
    let condition = Some(conditions.join(" AND ")).filter(|text| !text.is_empty());
    let add = add.set_condition_expression(condition);
    item(add.build(), |item, update| item.update(update))
}

/// Returns the change of the count for an upload whose share was `before`.
pub fn recount(
    table: &str,
    owner: &Owner,
    before: Charge,
    after: Charge,
) -> Result<TransactWriteItem, PortError> {
    let more = |after: u64, before: u64| i128::from(after) - i128::from(before);
    let (bytes, open) = (
        more(after.bytes, before.bytes),
        more(after.open, before.open),
    );
    let add = addition(table, owner, bytes, open).build();
    item(add, |item, update| item.update(update))
}

fn addition(table: &str, owner: &Owner, bytes: i128, open: i128) -> UpdateBuilder {
    Update::builder()
        .table_name(table)
        .set_key(Some(quota_key(owner)))
        .update_expression("ADD #bytes :bytes, #open :open")
        .expression_attribute_names("#bytes", BYTES)
        .expression_attribute_names("#open", OPEN)
        .expression_attribute_values(":bytes", number(bytes))
        .expression_attribute_values(":open", number(open))
}

/// Returns the error for a receipt that kept another from being written, and is not there.
pub fn vanished() -> PortError {
    PortError {
        operation: "GetItem of a receipt".into(),
        kind: PortErrorKind::Busy,
        source: "the receipt existed a moment ago and is not there".into(),
    }
}

fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn item<T>(
    built: Result<T, BuildError>,
    into: impl FnOnce(TransactWriteItemBuilder, T) -> TransactWriteItemBuilder,
) -> Result<TransactWriteItem, PortError> {
    let built = built.map_err(|error| PortError::broken("building a write", error))?;
    Ok(into(TransactWriteItem::builder(), built).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(item: TransactWriteItem) -> Update {
        item.update.unwrap()
    }

    fn of(update: &Update, name: &str) -> String {
        let value = &update.expression_attribute_values.as_ref().unwrap()[name];
        value.as_n().unwrap().clone()
    }

    #[test]
    fn a_new_upload_is_counted_where_the_quota_leaves_room_for_it() {
        let owner = "owner".parse().unwrap();
        let charge = Charge { bytes: 5, open: 1 };
        let quota = Quota {
            bytes: Some(12),
            open_uploads: Some(3),
        };
        let limited = update(count("t", &owner, charge, quota).unwrap());
        assert_eq!(
            limited.condition_expression.as_deref(),
            Some(
                "(attribute_not_exists(#bytes) OR #bytes <= :bytes_room) AND \
                 (attribute_not_exists(#open) OR #open <= :open_room)"
            )
        );
        assert_eq!(of(&limited, ":bytes_room"), "7");
        assert_eq!(of(&limited, ":open_room"), "2");
        assert_eq!(of(&limited, ":bytes"), "5");
        let unlimited = update(count("t", &owner, charge, Quota::default()).unwrap());
        assert_eq!(unlimited.condition_expression, None);
    }

    #[test]
    fn what_an_upload_no_longer_takes_is_given_back() {
        let owner = "owner".parse().unwrap();
        let before = Charge {
            bytes: u64::MAX,
            open: 1,
        };
        let given_back = recount("t", &owner, before, Charge::default()).unwrap();
        let given_back = update(given_back);
        assert_eq!(of(&given_back, ":bytes"), format!("-{}", u64::MAX));
        assert_eq!(of(&given_back, ":open"), "-1");
    }

    #[test]
    fn a_receipt_survives_its_row() {
        let receipt = Receipt {
            owner: "owner".parse().unwrap(),
            key: IdempotencyKey::try_from("k").unwrap(),
            upload_id: UploadId::generate(),
            body: Sha256Digest::of(b"x"),
            expires_at: Timestamp::from_second(1_763_708_400).unwrap(),
        };
        let row: Row = serde_dynamo::to_item(ReceiptRow::from(&receipt)).unwrap();
        assert_eq!(row[EXPIRES_AT], seconds(receipt.expires_at));
        let read: ReceiptRow = serde_dynamo::from_item(row).unwrap();
        assert_eq!(read.into_receipt(&receipt.owner, &receipt.key), receipt);
    }
}
