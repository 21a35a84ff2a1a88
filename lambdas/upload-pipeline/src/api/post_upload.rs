//! `POST /uploads`: checks what the client sends, then has it received.

use function_kit::problem::InvalidMember;
use function_kit::{Problem, Request, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::owner;
use super::representation::{S3Location, location};
use crate::domain::{ContentType, FileName, MAX_CONTENT_BYTES, Upload, UploadId};
use crate::receive::{NewUpload, ReceiveError, Receiver};

/// The body. Members are taken as any JSON, so that each mistake is told with its place.
#[derive(Deserialize)]
struct Body {
    filename: Option<Value>,
    content: Option<Value>,
    content_type: Option<Value>,
}

#[derive(Serialize)]
struct Acknowledgement<'a> {
    message: &'static str,
    file_key: &'a str,
    upload_id: UploadId,
    s3: S3Location<'a>,
}

pub async fn handle(receiver: &Receiver, request: &Request) -> Result<Response, Problem> {
    let new = validate(request)?;
    let upload = receiver.receive(new).await.map_err(not_received)?;
    acknowledge(&upload)
}

fn validate(request: &Request) -> Result<NewUpload, Problem> {
    let owner = owner(request)?;
    let body: Body = request.json()?;
    let mut errors = Vec::new();
    let mut note = |pointer: &str, detail: String| {
        errors.push(InvalidMember {
            detail,
            pointer: pointer.to_owned(),
        });
    };
    let file_name = required(body.filename)
        .and_then(|name| FileName::parse(&name).map_err(|error| error.to_string()))
        .map_err(|detail| note("/filename", detail))
        .ok();
    let content = required(body.content)
        .map_err(|detail| note("/content", detail))
        .ok();
    let content_type = body
        .content_type
        .map_or(Ok(ContentType::default()), |value| {
            let text = required(Some(value))?;
            ContentType::try_from(text).map_err(|error| error.to_string())
        })
        .map_err(|detail| note("/content_type", detail))
        .ok();
    let (Some(file_name), Some(content), Some(content_type)) = (file_name, content, content_type)
    else {
        return Err(Problem::invalid_members(errors));
    };
    check_size(&content)?;
    Ok(NewUpload {
        owner,
        file_name,
        content_type,
        content,
        request_id: request.request_id.clone(),
    })
}

fn required(member: Option<Value>) -> Result<String, String> {
    match member {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err("must be a string".to_owned()),
        None => Err("is required".to_owned()),
    }
}

fn check_size(content: &str) -> Result<(), Problem> {
    if content.len() <= MAX_CONTENT_BYTES {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!(
            "the content has {} bytes in UTF-8; at most {MAX_CONTENT_BYTES} are taken",
            content.len()
        ),
    ))
}

/// An upload that may be processed yet tells its id, so that the client can look before it tries
/// again.
fn not_received(error: ReceiveError) -> Problem {
    let upload_id = error.upload_id();
    let problem = error.cause().kind.problem(error);
    match upload_id {
        None => problem,
        Some(id) => problem
            .with_detail(format!(
                "the upload was not acknowledged, and may be processed all the same; \
                 before you try again, look at /uploads/{id}"
            ))
            .with_extension("upload_id", id.to_string()),
    }
}

fn acknowledge(upload: &Upload) -> Result<Response, Problem> {
    let mut response = function_kit::http::json(
        StatusCode::CREATED,
        &Acknowledgement {
            message: "File uploaded and event sent",
            file_key: &upload.object.key,
            upload_id: upload.upload_id,
            s3: location(upload),
        },
    )?;
    let place = HeaderValue::try_from(format!("/uploads/{}", upload.upload_id));
    response
        .headers_mut()
        .insert(LOCATION, place.map_err(Problem::internal)?);
    Ok(response)
}
