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
