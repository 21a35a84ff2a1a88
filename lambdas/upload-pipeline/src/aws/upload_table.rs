//! The table of uploads in DynamoDB: partition key `owner`, sort key `upload_id`.
//!
//! What an owner's uploads take of the quota is counted in a row of its own, which is written in
//! one transaction with each upload whose share changes. So the count is their sum after any crash.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use function_kit::aws::table::{self, Condition, Table};
use function_kit::aws::transaction::{Outcome, transact};
use jiff::Timestamp;

use super::queries;
use super::retention::Retention;
use super::row::{OWNER, REVISION, Row, attribute_at_fault, quota_key, request_key, upload_key};
use super::writes::{self, ReceiptRow, Used};
use crate::domain::{Charge, Exceeded, IdempotencyKey, Owner, Quota, Receipt, Upload, UploadId};
use crate::ports::{Due, Insert, Listing, PortError, UploadTable, Write};

/// A table of DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoTable {
    table: Table,
    retention: Retention,
    quota: Quota,
}

/// A write of the transaction that inserts an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Insertion {
    Receipt,
    Upload,
    Count,
}

impl DynamoTable {
    /// Returns the table of that name, whose rows stay as long as `retention` says, and to which
    /// no owner adds more than the quota allows.
    pub fn new(config: &SdkConfig, name: String, retention: Retention, quota: Quota) -> Self {
        let table = Table::new(config, name, OWNER);
        Self {
            table,
            retention,
            quota,
        }
    }

    /// Returns the whole row, so that its attributes are exactly those of the upload's state.
    fn row(&self, upload: &Upload) -> Result<table::Row, PortError> {
        let schedule = &self.retention.schedule;
        let mut row = self.table.row(&Row::of(upload, schedule))?;
        if let Some(expiry) = self.retention.expiry(upload) {
            row.insert(super::retention::EXPIRES_AT.to_owned(), expiry);
        }
        Ok(row)
    }

    async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<Outcome, PortError> {
        let operation = format!("TransactWriteItems on table {}", self.table.name());
        transact(self.table.client(), operation, writes).await
    }

    async fn used(&self, owner: &Owner) -> Result<Charge, PortError> {
        let row = self.table.get(quota_key(owner)).await?;
        let used: Option<Used> = row.map(|row| self.table.value(row)).transpose()?;
        Ok(used.unwrap_or_default().into())
    }

    /// Returns the limit that refused the charge. If there is room again, it is the only one, or
    /// the likelier one.
    async fn exceeded(&self, upload: &Upload) -> Result<Exceeded, PortError> {
        let used = self.used(&upload.owner).await?;
        let exceeded = self.quota.exceeded_by(used, upload.charge());
        let open = self.quota.open_uploads.map(Exceeded::OpenUploads);
        let bytes = self.quota.bytes.map(Exceeded::Bytes);
        exceeded.or(open).or(bytes).ok_or_else(|| {
            PortError::broken("counting of uploads", "a quota without limits was exceeded")
        })
    }

    /// Writes the row together with its share of the count. A transaction that was done although
    /// its answer was lost is found in the row.
    async fn update_counted(&self, before: &Upload, next: &Upload) -> Result<Write, PortError> {
        let name = self.table.name();
        let put = writes::replace(name, self.row(next)?, before.revision)?;
        let count = writes::recount(name, &next.owner, before.charge(), next.charge())?;
        match self.transact(vec![put, count]).await? {
            Outcome::Done => Ok(Write::Done),
            Outcome::Refused(_) => {
                let row = self.find(&next.owner, next.upload_id).await?;
                match row.as_ref() == Some(next) {
                    true => Ok(Write::Done),
                    false => Ok(Write::Conflict),
                }
            }
        }
    }
}

#[async_trait]
impl UploadTable for DynamoTable {
    async fn insert(
        &self,
        upload: &Upload,
        receipt: Option<&Receipt>,
    ) -> Result<Insert, PortError> {
        // A charge that no count leaves room for: a condition cannot say so of a row that is not
        // there. The key comes first, since its request was answered before.
        let alone = self.quota.exceeded_by(Charge::default(), upload.charge());
        if let Some(exceeded) = alone {
            let used = match receipt {
                Some(receipt) => self.receipt(&receipt.owner, &receipt.key).await?,
                None => None,
            };
            return Ok(used.map_or(Insert::QuotaExceeded(exceeded), Insert::KeyUsed));
        }
        let name = self.table.name();
        let mut all = Vec::new();
        if let Some(receipt) = receipt {
            let mut row = self.table.row(&ReceiptRow::from(receipt))?;
            row.extend(request_key(&receipt.owner, &receipt.key));
            let write = writes::receipt(name, row, upload.created_at)?;
            all.push((Insertion::Receipt, write));
        }
        all.push((Insertion::Upload, self.table.insertion(self.row(upload)?)?));
        let count = writes::count(name, &upload.owner, upload.charge(), self.quota)?;
        all.push((Insertion::Count, count));
        let (parts, all): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let refused = match self.transact(all).await? {
            Outcome::Done => return Ok(Insert::Done),
            Outcome::Refused(place) => parts.get(place),
        };
        match (refused, receipt) {
            (Some(Insertion::Receipt), Some(receipt)) => {
                let used = self.receipt(&receipt.owner, &receipt.key).await?;
                used.map(Insert::KeyUsed).ok_or_else(writes::vanished)
            }
            (Some(Insertion::Count), _) => self.exceeded(upload).await.map(Insert::QuotaExceeded),
            _ => Ok(Insert::Taken),
        }
    }

    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        let Some(row) = self.table.get(upload_key(owner, id)).await? else {
            return Ok(None);
        };
        let read = |row| self.table.value::<Upload>(row);
        read(row.clone()).map(Some).map_err(|mut error| {
            if let Some(name) = attribute_at_fault(&row, read) {
                error.operation += &format!(", of its attribute `{name}`,");
            }
            error
        })
    }

    async fn update(&self, before: &Upload, next: &Upload) -> Result<Write, PortError> {
        if before.charge() != next.charge() {
            return self.update_counted(before, next).await;
        }
        let revision = AttributeValue::N(before.revision.to_string());
        let condition = Condition::Holds(REVISION, Some(revision));
        let put = self.table.put_if(self.row(next)?, condition).await?;
        Ok(put.into())
    }

    async fn list(
        &self,
        owner: &Owner,
        status: Option<&str>,
        after: Option<UploadId>,
        limit: u8,
    ) -> Result<Listing, PortError> {
        queries::list(&self.table, owner, status, after, limit).await
    }

    async fn due(
        &self,
        partition: u8,
        by: Timestamp,
        after: Option<&Due>,
        limit: u8,
    ) -> Result<Vec<Due>, PortError> {
        queries::due(&self.table, partition, by, after, limit).await
    }

    async fn receipt(
        &self,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<Receipt>, PortError> {
        let row = self.table.get(request_key(owner, key)).await?;
        let row: Option<ReceiptRow> = row.map(|row| self.table.value(row)).transpose()?;
        let receipt = row.map(|row| row.into_receipt(owner, key));
        // DynamoDB deletes expired rows within a few days.
        Ok(receipt.filter(|receipt| Timestamp::now() < receipt.expires_at))
    }
}

#[cfg(test)]
mod tests;
