//! Queries of the table of uploads and of its index.

use aws_sdk_dynamodb::types::AttributeValue;
use function_kit::aws::port_error;
use function_kit::aws::table::{Row, Table, text};
use jiff::Timestamp;
use serde::Deserialize;

use super::row::{ABOVE_ALL_IDS, DUE_AT, OWNER, UNFINISHED, UPLOAD_ID, upload_key};
use crate::domain::{Owner, Upload, UploadId, time};
use crate::ports::{Due, Listing, PortError};

/// Rows that are read at once to find those of one state.
const SIFTED: i32 = 1000;

/// Most queries for one page: what they do not find is found with the next page.
const QUERIES: usize = 4;

/// Reads a page of an owner's uploads: see [`UploadTable::list`](crate::ports::UploadTable::list).
pub async fn list(
    table: &Table,
    owner: &Owner,
    status: Option<&str>,
    after: Option<UploadId>,
    limit: u8,
) -> Result<Listing, PortError> {
    let below = after.map_or_else(|| ABOVE_ALL_IDS.to_owned(), |id| id.to_string());
    let (filter, wanted, rows) = match status {
        Some(status) => ("#status = :status", status, SIFTED),
        None => ("#status <> :status", "DELETED", i32::from(limit) + 1),
    };
    let limit = usize::from(limit);
    let mut uploads: Vec<Upload> = Vec::new();
    let mut last = None;
    for _ in 0..QUERIES {
        let query = table.client().query().table_name(table.name());
        let sent = query
            .key_condition_expression("#owner = :owner AND #id < :below")
            .filter_expression(filter)
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_names("#id", UPLOAD_ID)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":below", text(&below))
            .expression_attribute_values(":status", text(wanted))
            .set_exclusive_start_key(last.take())
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(rows)
            .send()
            .await;
        let output = sent.map_err(|error| port_error(operation(table), error))?;
        for row in output.items.unwrap_or_default() {
            uploads.push(table.value(row)?);
        }
        last = output.last_evaluated_key;
        if uploads.len() > limit || last.is_none() {
            break;
        }
    }
    let next = if uploads.len() > limit {
        uploads.truncate(limit);
        uploads.last().map(|upload| upload.upload_id)
    } else {
        last.as_ref().and_then(id_of)
    };
    Ok(Listing { uploads, next })
}

/// Reads what is due: see [`UploadTable::due`](crate::ports::UploadTable::due).
pub async fn due(
    table: &Table,
    partition: u8,
    by: Timestamp,
    after: Option<&Due>,
    limit: u8,
) -> Result<Vec<Due>, PortError> {
    #[derive(Deserialize)]
    struct Entry {
        owner: Owner,
        upload_id: UploadId,
        #[serde(with = "time")]
        due_at: Timestamp,
    }
    let digit = format!("{partition:x}");
    let sent = table
        .client()
        .query()
        .table_name(table.name())
        .index_name(UNFINISHED)
        .key_condition_expression("#unfinished = :digit AND #due_at <= :by")
        .expression_attribute_names("#unfinished", UNFINISHED)
        .expression_attribute_names("#due_at", DUE_AT)
        .expression_attribute_values(":digit", text(&digit))
        .expression_attribute_values(":by", text(time::text(by)))
        .set_exclusive_start_key(after.map(|after| index_key(&digit, after)))
        .limit(limit.into())
        .send()
        .await;
    let output = sent.map_err(|error| port_error(operation(table), error))?;
    let entries = output.items.unwrap_or_default().into_iter();
    let entries = entries.map(|row| {
        let entry: Entry = table.value(row)?;
        Ok(Due {
            owner: entry.owner,
            upload_id: entry.upload_id,
            due_at: entry.due_at,
        })
    });
    entries.collect()
}

fn index_key(digit: &str, due: &Due) -> Row {
    let mut key = upload_key(&due.owner, due.upload_id);
    key.insert(UNFINISHED.to_owned(), text(digit));
    key.insert(DUE_AT.to_owned(), text(time::text(due.due_at)));
    key
}

fn id_of(key: &Row) -> Option<UploadId> {
    let id = key
        .get(UPLOAD_ID)
        .and_then(|id| AttributeValue::as_s(id).ok());
    id?.parse().ok()
}

fn operation(table: &Table) -> String {
    format!("Query on table {}", table.name())
}
