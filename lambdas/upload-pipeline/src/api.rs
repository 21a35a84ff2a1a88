//! The HTTP API: `POST /uploads` and `GET /uploads/{upload_id}`.

mod post_upload;
mod representation;

use function_kit::http::Route;
use function_kit::{Problem, Request, Response};
use http::{Method, StatusCode};

use crate::receive::Receiver;

pub use post_upload::MAX_CONTENT_BYTES;

#[derive(Clone, Copy)]
enum Handler {
    Post,
    Get,
}

const ROUTES: &[Route<Handler>] = &[
    (Method::POST, "/uploads", Handler::Post),
    (Method::GET, "/uploads/{upload_id}", Handler::Get),
];

/// Answers one request.
///
/// # Errors
/// The problem to answer with.
pub async fn handle(receiver: &Receiver, request: Request) -> Result<Response, Problem> {
    let matched = request.matched(ROUTES)?;
    match matched.route {
        Handler::Post => post_upload::handle(receiver, &request).await,
        Handler::Get => get_upload(receiver, &request, matched.parameter("upload_id")).await,
    }
}

/// Answers for an upload of another as for one that does not exist.
async fn get_upload(receiver: &Receiver, request: &Request, id: &str) -> Result<Response, Problem> {
    let owner = request.claims.owner()?;
    let unknown = || Problem::not_found("you have no upload of this id");
    let id = id.parse().map_err(|_| unknown())?;
    let upload = receiver.find(&owner, id).await?;
    let upload = upload
        .filter(|upload| !upload.is_deleted())
        .ok_or_else(unknown)?;
    function_kit::http::json(StatusCode::OK, &representation::of(&upload))
}
