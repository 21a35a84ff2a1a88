//! The HTTP API: `/items` and `/items/{id}`.

mod body;
mod listing;

use function_kit::http::{IfMatch, Route, etag, json, precondition_failed};
use function_kit::{Problem, ProblemType, Request, Response};
use http::header::{ETAG, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;

use crate::domain::{Item, ItemId, Owner, Receipt, Version};
use crate::ports::{Expected, ItemTable, Write};

pub use body::MAX_BODY_BYTES;

#[derive(Clone, Copy)]
enum Operation {
    List,
    Create,
    Read,
    Replace,
    Remove,
}

const ROUTES: &[Route<Operation>] = &[
    (Method::GET, "/items", Operation::List),
    (Method::POST, "/items", Operation::Create),
    (Method::GET, "/items/{id}", Operation::Read),
    (Method::PUT, "/items/{id}", Operation::Replace),
    (Method::DELETE, "/items/{id}", Operation::Remove),
];

/// The answer to `POST /items`.
#[derive(Serialize)]
struct Created<'a> {
    message: &'static str,
    item: &'a Item,
}

/// Answers one request.
///
/// # Errors
/// The problem to answer with.
pub async fn handle(table: &dyn ItemTable, request: &Request) -> Result<Response, Problem> {
    let matched = request.matched(ROUTES)?;
    let owner = request.claims.owner()?;
    let id = matched.parameter("id");
    match matched.route {
        Operation::List => listing::handle(table, request, owner).await,
        Operation::Create => create(table, request, owner).await,
        Operation::Read => read(table, owner, id).await,
        Operation::Replace => replace(table, request, owner, id).await,
        Operation::Remove => remove(table, request, owner, id).await,
    }
}

/// A request that is repeated with its key is answered with the item that the first one created, as
/// it is by now.
async fn create(
    table: &dyn ItemTable,
    request: &Request,
    owner: Owner,
) -> Result<Response, Problem> {
    let key = request.idempotency_key()?;
    let item = Item {
        owner,
        id: ItemId::generate(),
        version: Version::generate(),
        draft: body::read(request, None)?,
    };
    let receipt = key.map(|key| Receipt::of(&item, key)).transpose();
    let receipt = receipt.map_err(Problem::internal)?;
    match (table.insert(&item, receipt.as_ref()).await?, receipt) {
        (Write::Conflict, Some(receipt)) => created(&created_before(table, receipt).await?),
        _ => created(&item),
    }
}

async fn created_before(table: &dyn ItemTable, repeated: Receipt) -> Result<Item, Problem> {
    let Receipt { owner, key, entry } = repeated;
    let first = table.receipt(&owner, &key).await?;
    let first = first.ok_or_else(|| Problem::unavailable("the key's receipt has just expired"))?;
    if first.draft_sha256 != entry.draft_sha256 {
        return Err(Problem::new(
            ProblemType::KEY_REUSED,
            "the Idempotency-Key stands for another item; send a new key with a new item",
        ));
    }
    table.find(&owner, first.item_id).await?.ok_or_else(|| {
        Problem::new(
            ProblemType::KEY_IN_USE,
            "the item that the Idempotency-Key stands for was deleted; send a new key to create another",
        )
    })
}

fn created(item: &Item) -> Result<Response, Problem> {
    let created = Created {
        message: "Item created",
        item,
    };
    let mut response = tagged(StatusCode::CREATED, &created, item)?;
    // Relative to /items, whatever stands before it: a stage, or a custom domain's base path.
    let place = HeaderValue::try_from(format!("items/{}", item.id));
    let place = place.map_err(Problem::internal)?;
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}

async fn read(table: &dyn ItemTable, owner: Owner, id: &str) -> Result<Response, Problem> {
    let item = table.find(&owner, known(id)?).await?.ok_or_else(unknown)?;
    tagged(StatusCode::OK, &item, &item)
}

async fn replace(
    table: &dyn ItemTable,
    request: &Request,
    owner: Owner,
    id: &str,
) -> Result<Response, Problem> {
    let id = known(id)?;
    let item = Item {
        owner,
        id,
        version: Version::generate(),
        draft: body::read(request, Some(id))?,
    };
    let expected = expected(table, request, &item.owner, id).await?;
    match table.replace(&item, expected).await? {
        Write::Done => tagged(StatusCode::OK, &item, &item),
        Write::Conflict => Err(conflict(expected)),
    }
}

async fn remove(
    table: &dyn ItemTable,
    request: &Request,
    owner: Owner,
    id: &str,
) -> Result<Response, Problem> {
    let id = known(id)?;
    let expected = expected(table, request, &owner, id).await?;
    match table.remove(&owner, id, expected).await? {
        Write::Done => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
        Write::Conflict => Err(conflict(expected)),
    }
}

/// Returns what a write may ask of the item, after the request's If-Match. An item that does not
/// exist is not found, whatever the header says (RFC 9110, section 13.2.1).
async fn expected(
    table: &dyn ItemTable,
    request: &Request,
    owner: &Owner,
    id: ItemId,
) -> Result<Expected, Problem> {
    let Some(tags @ IfMatch::Tags(_)) = request.if_match()? else {
        return Ok(Expected::Any);
    };
    let item = table.find(owner, id).await?.ok_or_else(unknown)?;
    match tags.allows(&item.version.to_string()) {
        true => Ok(Expected::Version(item.version)),
        false => Err(precondition_failed()),
    }
}

fn conflict(expected: Expected) -> Problem {
    match expected {
        Expected::Any => unknown(),
        Expected::Version(_) => precondition_failed(),
    }
}

/// Answers with the body and the item's entity tag.
fn tagged(status: StatusCode, body: &impl Serialize, item: &Item) -> Result<Response, Problem> {
    let mut response = json(status, body)?;
    let tag = etag(&item.version.to_string())?;
    response.headers_mut().insert(ETAG, tag);
    Ok(response)
}

/// What cannot be an id is the id of nothing.
fn known(id: &str) -> Result<ItemId, Problem> {
    id.parse().map_err(|_| unknown())
}

/// An item that is another's is answered like one that does not exist.
fn unknown() -> Problem {
    Problem::not_found("you have no item of this id")
}
