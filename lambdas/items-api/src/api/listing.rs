//! `GET /items`: an owner's items, the youngest first, in pages.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use function_kit::http::json;
use function_kit::{Problem, Request, Response};
use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{Item, ItemId, Owner};
use crate::ports::ItemTable;

/// Items of a page unless the client asks for another number.
pub const DEFAULT_LIMIT: u8 = 20;

/// Most items of a page. A query of DynamoDB reads 1 MB at most, and so a page may be shorter.
pub const MAX_LIMIT: u8 = 100;

#[derive(Serialize)]
struct Listing<'a> {
    items: &'a [Item],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Answers with the page that the parameters `limit` and `cursor` ask for.
pub async fn handle(
    table: &dyn ItemTable,
    request: &Request,
    owner: Owner,
) -> Result<Response, Problem> {
    let limit = request.query("limit").map_or(Ok(DEFAULT_LIMIT), limit)?;
    let after = request.query("cursor").map(position).transpose()?;
    let page = table.page(&owner, after, limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let listing = Listing {
        items: &page.items,
        next_cursor: last.map(|item| cursor(item.id)),
    };
    json(StatusCode::OK, &listing)
}

fn limit(text: &str) -> Result<u8, Problem> {
    let limit = text.parse().ok();
    limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| Problem::bad_request(format!("limit must be from 1 to {MAX_LIMIT}")))
}

/// Where a page ended. It holds no owner, whom the token names: in another's hands it is a
/// position among their own items.
fn cursor(last: ItemId) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(last.as_bytes())
}

fn position(cursor: &str) -> Result<ItemId, Problem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes
        .and_then(|bytes| ItemId::try_from(Uuid::from_slice(&bytes).ok()?).ok())
        .ok_or_else(|| {
            Problem::bad_request("cursor must be the next_cursor of an earlier answer, unchanged")
        })
}
