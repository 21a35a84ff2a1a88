//! Pages of a listing: the query parameters `limit` and `cursor`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use uuid::Uuid;

use crate::http::Request;
use crate::http::size::{MAX_PAYLOAD_BYTES, escaped_bytes};
use crate::problem::Problem;

/// Entries of a page unless the client asks for another number.
pub const DEFAULT_LIMIT: u8 = 20;

/// Most entries of a page. A query of DynamoDB reads 1 MB at most, and so a page may be shorter.
pub const MAX_LIMIT: u8 = 100;

/// Some of the entries of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, the youngest first.
    pub entries: Vec<T>,
    /// Whether there are older ones.
    pub more: bool,
}

impl<T> Page<T> {
    /// Returns the page with each entry read by `read`.
    ///
    /// # Errors
    /// The first entry's that `read` fails on.
    pub fn try_map<U, E>(self, read: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let entries = self.entries.into_iter().map(read);
        Ok(Page {
            entries: entries.collect::<Result<_, _>>()?,
            more: self.more,
        })
    }
}

/// Largest sum of a page's entries, in bytes of the function's answer; this leaves room for all else.
const MAX_PAGE_BYTES: usize = MAX_PAYLOAD_BYTES - 1_000_000;

/// Returns how many of the entries fit into an answer: the first at least, which a row of DynamoDB
/// bounds.
///
/// # Errors
/// 500 when an entry cannot be written as JSON.
pub fn fitting(entries: &[impl Serialize]) -> Result<usize, Problem> {
    let mut bytes = 0;
    for (index, entry) in entries.iter().enumerate() {
        let text = serde_json::to_string(entry).map_err(Problem::internal)?;
        bytes += escaped_bytes(&text);
        if index > 0 && bytes > MAX_PAGE_BYTES {
            return Ok(index);
        }
    }
    Ok(entries.len())
}

/// Returns how many entries the request asks for.
///
/// # Errors
/// 400 when the parameter `limit` is not a number from 1 to [`MAX_LIMIT`].
pub fn limit(request: &Request) -> Result<u8, Problem> {
    let Some(text) = request.query("limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    let limit = text.parse().ok();
    limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| Problem::bad_request(format!("limit must be from 1 to {MAX_LIMIT}")))
}

/// Returns where a page ended, for `cursor` of the next request. It holds no owner, whom the token
/// names: in another's hands it is a position among their own entries.
pub fn cursor(last: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(last.as_bytes())
}

/// Returns the entry after which the page starts that the request asks for.
///
/// # Errors
/// 400 when the parameter `cursor` is not what [`cursor`] returned.
pub fn after<T: TryFrom<Uuid>>(request: &Request) -> Result<Option<T>, Problem> {
    let Some(text) = request.query("cursor") else {
        return Ok(None);
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let id = bytes.and_then(|bytes| T::try_from(Uuid::from_slice(&bytes).ok()?).ok());
    id.map(Some).ok_or_else(|| {
        Problem::bad_request("cursor must be the cursor of an earlier answer, unchanged")
    })
}
