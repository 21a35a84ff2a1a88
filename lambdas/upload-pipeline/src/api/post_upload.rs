//! `POST /uploads`: checks what the client sends, then has it received.

use std::convert::Infallible;

use function_kit::http::size::GUARANTEED_TEXT_BYTES;
use function_kit::{Member, Mistakes, Problem, ProblemType, Request, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use crate::domain::{ContentType, FileName, Location, Upload, UploadId};
use crate::open::OpenError;
use crate::receive::{NewUpload, ReceiveError, Receiver};

/// Most content that one request may carry, in bytes of UTF-8: 2 MiB. [`GUARANTEED_TEXT_BYTES`] of it
/// always arrive. Whether more does depends on how much of it the client escapes, since the whole
/// request has to fit into Lambda's payload of 6 MB: 2 MiB do, if less than every second character is a
/// quote, a backslash or a line end, and the client sends others as they are. Larger files and other
/// bytes are not for one request.
pub const MAX_CONTENT_BYTES: usize = 2 * 1024 * 1024;

// What always arrives is taken.
const _: () = assert!(GUARANTEED_TEXT_BYTES <= MAX_CONTENT_BYTES);

/// Largest body, in bytes: none is larger, since Lambda takes events of up to 6 MB ("Lambda
/// quotas").
const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// The body, of which every mistake is told: see [`Mistakes`].
#[derive(Deserialize)]
struct Body {
    filename: Option<Member>,
    content: Option<Member>,
    content_type: Option<Member>,
}

#[derive(Serialize)]
struct Acknowledgement<'a> {
    message: &'static str,
    file_key: &'a str,
    upload_id: UploadId,
    s3: &'a Location,
}

pub async fn handle(receiver: &Receiver, request: &Request) -> Result<Response, Problem> {
    let new = validate(request)?;
    let upload = receiver.receive(new).await.map_err(not_received)?;
    acknowledge(&upload)
}

fn validate(request: &Request) -> Result<NewUpload, Problem> {
    let owner = request.claims.owner()?;
    let body: Body = request.json(MAX_BODY_BYTES)?;
    let mut mistakes = Mistakes::default();
    let file_name = mistakes.parse("/filename", body.filename, |name| FileName::parse(&name));
    let content = mistakes.parse("/content", body.content, Ok::<_, Infallible>);
    let content_type = match body.content_type {
        None => Some(ContentType::default()),
        declared => mistakes.parse("/content_type", declared, ContentType::try_from),
    };
    let (Some(file_name), Some(content), Some(content_type)) = (file_name, content, content_type)
    else {
        return Err(mistakes.into_problem());
    };
    check_size(&content)?;
    Ok(NewUpload {
        owner,
        file_name,
        content_type,
        content: content.into(),
        request_id: request.request_id.clone(),
        key: None,
    })
}

fn check_size(content: &str) -> Result<(), Problem> {
    if content.len() <= MAX_CONTENT_BYTES {
        return Ok(());
    }
    Err(Problem::new(
        ProblemType::CONTENT_TOO_LARGE,
        format!(
            "the content has {} bytes in UTF-8; at most {MAX_CONTENT_BYTES} are taken",
            content.len()
        ),
    ))
}

/// An upload that may be processed yet tells its id, so that the client can look before it tries
/// again.
fn not_received(error: ReceiveError) -> Problem {
    match error {
        ReceiveError::NotOpened(error) => not_opened(error),
        ReceiveError::NotQueued { upload_id, cause } => Problem::from(cause)
            .with_detail(format!(
                "the upload was not acknowledged, and may be processed all the same; \
                 before you try again, look at /uploads/{upload_id}"
            ))
            .with_extension("upload_id", upload_id.to_string()),
    }
}

fn not_opened(error: OpenError) -> Problem {
    match error {
        OpenError::Port(error) => error.into(),
        OpenError::QuotaExceeded(_) => {
            Problem::new(ProblemType::QUOTA_EXCEEDED, "your quota is used up")
        }
        OpenError::KeyReused | OpenError::Deleted => {
            Problem::new(ProblemType::KEY_REUSED, error.to_string())
        }
    }
}

fn acknowledge(upload: &Upload) -> Result<Response, Problem> {
    let mut response = function_kit::http::json(
        StatusCode::CREATED,
        &Acknowledgement {
            message: "File uploaded and event sent",
            file_key: &upload.location.key,
            upload_id: upload.upload_id,
            s3: &upload.location,
        },
    )?;
    let place = HeaderValue::try_from(format!("/uploads/{}", upload.upload_id));
    response
        .headers_mut()
        .insert(LOCATION, place.map_err(Problem::internal)?);
    Ok(response)
}
