//! `GET /uploads`: the caller's uploads, the youngest first.

use function_kit::http::json;
use function_kit::{Owner, Problem, Request, Response, page};
use http::StatusCode;
use serde::Serialize;

use super::representation::{self, Representation};
use crate::direct::Direct;

/// States that a listing can be limited to.
const STATUSES: [&str; 5] = ["PENDING", "RECEIVED", "PROCESSING", "PROCESSED", "FAILED"];

#[derive(Serialize)]
struct Listing<'a> {
    uploads: &'a [Representation<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Answers with the page that the parameters `status`, `limit` and `cursor` ask for.
pub async fn handle(direct: &Direct, request: &Request, owner: Owner) -> Result<Response, Problem> {
    let (limit, after) = (page::limit(request)?, page::after(request)?);
    let status = status(request)?;
    let found = direct.table.list(&owner, status, after, limit).await?;
    let uploads: Vec<_> = found.uploads.iter().map(representation::of).collect();
    let (fitting, rest) = uploads.split_at(page::fitting(&uploads)?);
    let next = match found.uploads[..fitting.len()].last() {
        Some(last) if !rest.is_empty() => Some(last.upload_id),
        _ => found.next,
    };
    let listing = Listing {
        uploads: fitting,
        next_cursor: next.map(|id| page::cursor(id.into())),
    };
    json(StatusCode::OK, &listing)
}

fn status(request: &Request) -> Result<Option<&'static str>, Problem> {
    let Some(text) = request.query("status") else {
        return Ok(None);
    };
    let known = STATUSES.into_iter().find(|status| *status == text);
    known.map(Some).ok_or_else(|| {
        let detail = format!("status must be one of {}", STATUSES.join(", "));
        Problem::bad_request(detail)
    })
}
