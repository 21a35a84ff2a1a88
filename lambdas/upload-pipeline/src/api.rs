//! The HTTP API of uploads.

mod listing;
mod parts;
mod post_upload;
mod refusal;
mod representation;

use function_kit::http::{Route, json};
use function_kit::{Owner, Problem, Request, Response};
use http::{Method, StatusCode};

use crate::direct::complete::Completion;
use crate::direct::{Direct, Refusal};
use crate::domain::UploadId;
use crate::receive::Receiver;
use crate::remove::Removal;

pub use post_upload::MAX_CONTENT_BYTES;

/// What the API does, in three parts.
#[derive(Clone)]
pub struct Api {
    /// Takes uploads in one request.
    pub receiver: Receiver,
    /// Takes announced uploads.
    pub direct: Direct,
    /// Deletes uploads.
    pub removal: Removal,
}

/// What stands for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// Takes or announces an upload.
    Post,
    /// Lists the caller's uploads.
    List,
    /// Describes one.
    Get,
    /// Deletes one.
    Delete,
    /// Signs requests for parts.
    SignParts,
    /// Lists the parts that have arrived.
    ListParts,
    /// Joins the parts.
    Complete,
    /// Has an upload processed again.
    Retry,
}

/// The routes of the API.
pub const ROUTES: &[Route<Handler>] = &[
    (Method::POST, "/uploads", Handler::Post),
    (Method::GET, "/uploads", Handler::List),
    (Method::GET, "/uploads/{upload_id}", Handler::Get),
    (Method::DELETE, "/uploads/{upload_id}", Handler::Delete),
    (
        Method::POST,
        "/uploads/{upload_id}/parts",
        Handler::SignParts,
    ),
    (
        Method::GET,
        "/uploads/{upload_id}/parts",
        Handler::ListParts,
    ),
    (
        Method::POST,
        "/uploads/{upload_id}/complete",
        Handler::Complete,
    ),
    (Method::POST, "/uploads/{upload_id}/retry", Handler::Retry),
];

/// Answers one request; for an upload of another as for one that does not exist.
///
/// # Errors
/// The problem to answer with.
pub async fn handle(api: &Api, request: Request) -> Result<Response, Problem> {
    let matched = request.matched(ROUTES)?;
    let owner = request.claims.owner()?;
    // What cannot be an id is the id of nothing.
    let id = || {
        let id = matched.parameter("upload_id").parse();
        id.map_err(|_| Problem::from(Refusal::Unknown))
    };
    let direct = &api.direct;
    match matched.route {
        Handler::Post => post_upload::handle(api, &request, owner).await,
        Handler::List => listing::handle(direct, &request, owner).await,
        Handler::Get => get(direct, &owner, id()?).await,
        Handler::Delete => delete(&api.removal, &owner, id()?).await,
        Handler::SignParts => parts::sign(direct, &request, &owner, id()?).await,
        Handler::ListParts => parts::list(direct, &request, &owner, id()?).await,
        Handler::Complete => complete(direct, &owner, id()?).await,
        Handler::Retry => {
            let upload = direct.retry(&owner, id()?).await?;
            json(StatusCode::ACCEPTED, &representation::of(&upload))
        }
    }
}

async fn get(direct: &Direct, owner: &Owner, id: UploadId) -> Result<Response, Problem> {
    let upload = direct.find(owner, id).await?;
    let download = direct.downloads(&upload).await?;
    let representation = representation::of(&upload).with_download(download);
    json(StatusCode::OK, &representation)
}

async fn complete(direct: &Direct, owner: &Owner, id: UploadId) -> Result<Response, Problem> {
    let (status, upload) = match direct.complete(owner, id).await? {
        Completion::Received(upload) => (StatusCode::OK, upload),
        Completion::Running(upload) => (StatusCode::ACCEPTED, upload),
    };
    json(status, &representation::of(&upload))
}

async fn delete(removal: &Removal, owner: &Owner, id: UploadId) -> Result<Response, Problem> {
    if !removal.delete(owner, id).await? {
        return Err(Refusal::Unknown.into());
    }
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
