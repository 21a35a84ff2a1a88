//! The HTTP API: `/items` and `/items/{id}`.

mod body;
mod listing;

use function_kit::http::{Route, json};
use function_kit::{Problem, Request, Response};
use http::header::LOCATION;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;

use crate::domain::{Item, ItemId, Owner};
use crate::ports::{Found, ItemTable};

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
        Operation::Remove => remove(table, owner, id).await,
    }
}

async fn create(
    table: &dyn ItemTable,
    request: &Request,
    owner: Owner,
) -> Result<Response, Problem> {
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

async fn read(table: &dyn ItemTable, owner: Owner, id: &str) -> Result<Response, Problem> {
    let found = table.find(&owner, known(id)?).await?;
    json(StatusCode::OK, &found.ok_or_else(unknown)?)
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
        draft: body::read(request, Some(id))?,
    };
    match table.replace(&item).await? {
        Found::Yes => json(StatusCode::OK, &item),
        Found::No => Err(unknown()),
    }
}

async fn remove(table: &dyn ItemTable, owner: Owner, id: &str) -> Result<Response, Problem> {
    match table.remove(&owner, known(id)?).await? {
        Found::Yes => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            Ok(response)
        }
        Found::No => Err(unknown()),
    }
}

/// What cannot be an id is the id of nothing.
fn known(id: &str) -> Result<ItemId, Problem> {
    id.parse().map_err(|_| unknown())
}

/// An item that is another's is answered like one that does not exist.
fn unknown() -> Problem {
    Problem::not_found("you have no item of this id")
}
