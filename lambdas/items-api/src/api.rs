//! The HTTP API: `/items` and `/items/{id}`.

mod body;
mod listing;

use function_kit::http::json;
use function_kit::{Problem, Request, Response};
use http::header::LOCATION;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;

use crate::domain::{Item, ItemId, Owner};
use crate::ports::{Found, ItemTable};

pub use body::MAX_BODY_BYTES;

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
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments[..] {
        ["items"] => match request.method {
            Method::GET => listing::handle(table, request, owner(request)?).await,
            Method::POST => create(table, request).await,
            _ => Err(Problem::method_not_allowed(&[Method::GET, Method::POST])),
        },
        ["items", id] => match request.method {
            Method::GET => read(table, request, id).await,
            Method::PUT => replace(table, request, id).await,
            Method::DELETE => remove(table, request, id).await,
            _ => Err(Problem::method_not_allowed(&[
                Method::GET,
                Method::PUT,
                Method::DELETE,
            ])),
        },
        _ => Err(Problem::not_found(
            "there is no such resource; items are at /items",
        )),
    }
}

async fn create(table: &dyn ItemTable, request: &Request) -> Result<Response, Problem> {
    let owner = owner(request)?;
    let item = Item {
        owner,
        id: ItemId::generate(),
        draft: body::read(request, None)?,
    };
    table.insert(&item).await?;
    let created = Created {
        message: "Item created",
        item: &item,
    };
    let mut response = json(StatusCode::CREATED, &created)?;
    // Relative to /items, whatever stands before it: a stage, or a custom domain's base path.
    let place = HeaderValue::try_from(format!("items/{}", item.id));
    let place = place.map_err(Problem::internal)?;
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}

async fn read(table: &dyn ItemTable, request: &Request, id: &str) -> Result<Response, Problem> {
    let owner = owner(request)?;
    let found = table.find(&owner, known(id)?).await?;
    json(StatusCode::OK, &found.ok_or_else(unknown)?)
}

async fn replace(table: &dyn ItemTable, request: &Request, id: &str) -> Result<Response, Problem> {
    let owner = owner(request)?;
    let id = known(id)?;
    let item = Item {
        owner,
        id,
        draft: body::read(request, Some(id))?,
    };
    match table.replace(&item).await? {
        Found::Yes => json(StatusCode::OK, &item),
        Found::No => Err(unknown()),
    }
}

async fn remove(table: &dyn ItemTable, request: &Request, id: &str) -> Result<Response, Problem> {
    let owner = owner(request)?;
    match table.remove(&owner, known(id)?).await? {
        Found::Yes => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
        Found::No => Err(unknown()),
    }
}

fn owner(request: &Request) -> Result<Owner, Problem> {
    Owner::try_from(request.claims.subject()?).map_err(|error| {
        Problem::new(
            StatusCode::FORBIDDEN,
            format!("the token's subject cannot own items: {error}"),
        )
    })
}

/// What cannot be an id is the id of nothing.
fn known(id: &str) -> Result<ItemId, Problem> {
    ItemId::try_from(id).map_err(|_| unknown())
}

/// An item that is another's is answered like one that does not exist.
fn unknown() -> Problem {
    Problem::not_found("you have no item of this id")
}
