//! The HTTP API: `POST /uploads` and `GET /uploads/{upload_id}`.

mod post_upload;
mod representation;

use function_kit::{Problem, Request, Response};
use http::{Method, StatusCode};

use crate::domain::{Owner, UploadId};
use crate::receive::Receiver;

/// Answers one request.
///
/// # Errors
/// The problem to answer with.
pub async fn handle(receiver: &Receiver, request: Request) -> Result<Response, Problem> {
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments[..] {
        ["uploads"] => match request.method {
            Method::POST => post_upload::handle(receiver, &request).await,
            _ => Err(Problem::method_not_allowed(&[Method::POST])),
        },
        ["uploads", id] if !id.is_empty() => match request.method {
            Method::GET => get_upload(receiver, &request, id).await,
            _ => Err(Problem::method_not_allowed(&[Method::GET])),
        },
        _ => Err(Problem::not_found(
            "there is no such resource; uploads are at /uploads",
        )),
    }
}

/// An upload that is another's is answered like one that does not exist.
async fn get_upload(receiver: &Receiver, request: &Request, id: &str) -> Result<Response, Problem> {
    let owner = owner(request)?;
    let unknown = || Problem::not_found("you have no upload of this id");
    let id = UploadId::try_from(id.to_owned()).map_err(|_| unknown())?;
    let upload = receiver.find(&owner, id).await?.ok_or_else(unknown)?;
    function_kit::http::json(StatusCode::OK, &representation::of(&upload))
}

fn owner(request: &Request) -> Result<Owner, Problem> {
    let subject = request.claims.subject()?.to_owned();
    Owner::try_from(subject).map_err(|error| {
        Problem::new(
            StatusCode::FORBIDDEN,
            format!("the token's subject cannot own uploads: {error}"),
        )
    })
}
