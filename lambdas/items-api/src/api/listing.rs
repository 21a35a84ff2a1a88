//! `GET /items`: an owner's items, the youngest first, in pages.

use function_kit::http::json;
use function_kit::{Problem, Request, Response, page};
use http::StatusCode;
use serde::Serialize;

use crate::domain::{Item, Owner};
use crate::ports::ItemTable;

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
    let (limit, after) = (page::limit(request)?, page::after(request)?);
    let found = table.page(&owner, after, limit).await?;
    let items = &found.entries[..page::fitting(&found.entries)?];
    let more = found.more || items.len() < found.entries.len();
    let last = items.last().filter(|_| more);
    let listing = Listing {
        items,
        next_cursor: last.map(|item| page::cursor(item.id.into())),
    };
    json(StatusCode::OK, &listing)
}
