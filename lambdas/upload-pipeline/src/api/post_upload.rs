//! `POST /uploads`: an upload with its content, or the announcement of one that the client sends to
//! S3 itself.

mod body;

use function_kit::http::json;
use function_kit::http::size::GUARANTEED_TEXT_BYTES;
use function_kit::{Owner, Problem, ProblemType, Request, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::Api;
use super::representation::{self, Awaited};
use crate::direct::Limits;
use crate::direct::announce::Announcement;
use crate::domain::{Announced, Location, Sha256Digest, Upload, UploadId};
use crate::ports::direct::SignedRequest;
use crate::receive::NewUpload;
use body::{Body, Wanted, What};

/// Most content that one request may carry, in bytes: 2 MiB. [`GUARANTEED_TEXT_BYTES`] of text always
/// arrive. Whether more does depends on how much of it the client escapes, since the whole request
/// has to fit into Lambda's payload of 6 MB: 2 MiB do, if less than every second character is a quote,
/// a backslash or a line end, and the client sends others as they are; and as base64 always. Larger
/// files are not for one request.
pub const MAX_CONTENT_BYTES: usize = 2 * 1024 * 1024;

// What always arrives is taken.
const _: () = assert!(GUARANTEED_TEXT_BYTES <= MAX_CONTENT_BYTES);

/// Largest body, in bytes: none is larger, since Lambda takes events of up to 6 MB ("Lambda
/// quotas").
const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

#[derive(Serialize)]
struct Acknowledgement<'a> {
    message: &'static str,
    file_key: &'a str,
    upload_id: UploadId,
    s3: &'a Location,
}

/// The answer to an announcement. When it was answered before, the upload may have arrived since:
/// then there is nothing left to send.
#[derive(Serialize)]
struct Opened<'a> {
    upload_id: UploadId,
    file_key: &'a str,
    status: &'static str,
    #[serde(flatten)]
    awaited: Option<Awaited>,
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<SignedRequest>,
}

pub async fn handle(api: &Api, request: &Request, owner: Owner) -> Result<Response, Problem> {
    let body: Body = request.json(MAX_BODY_BYTES)?;
    let wanted = body.wanted(api.direct.limits)?;
    let key = request.idempotency_key()?;
    let key = key.map(|key| (key, wanted.digest()));
    let request_id = request.request_id.clone();
    let Wanted {
        file_name,
        content_type,
        what,
    } = wanted;
    match what {
        What::Content(content) => {
            let new = NewUpload {
                owner,
                file_name,
                content_type,
                content,
                request_id,
                key,
            };
            acknowledge(&api.receiver.receive(new).await?)
        }
        What::Announced(announced) => {
            check_size(&announced, api.direct.limits)?;
            let new = Announcement {
                owner,
                file_name,
                content_type,
                announced,
                key,
                request_id,
            };
            let upload = api.direct.announce(new).await?;
            let opened = Opened {
                upload_id: upload.upload_id,
                file_key: &upload.location.key,
                status: upload.state.name(),
                awaited: representation::awaited(&upload),
                put: api.direct.signed_put(&upload).await?,
            };
            created(&upload, &opened)
        }
    }
}

fn check_size(announced: &Announced, limits: Limits) -> Result<(), Problem> {
    match announced.size <= limits.max_bytes {
        true => Ok(()),
        false => Err(too_large(announced.size, limits.max_bytes)),
    }
}

fn too_large(size: u64, limit: u64) -> Problem {
    let detail = format!("the content has {size} bytes; at most {limit} are taken");
    Problem::new(ProblemType::CONTENT_TOO_LARGE, detail).with_extension("limit", limit)
}

fn mismatch(sha256: Sha256Digest) -> Problem {
    let detail = format!("the content's SHA-256 is {sha256}; send it again");
    Problem::new(ProblemType::CHECKSUM_MISMATCH, detail)
}

fn acknowledge(upload: &Upload) -> Result<Response, Problem> {
    let acknowledgement = Acknowledgement {
        message: "File uploaded and event sent",
        file_key: &upload.location.key,
        upload_id: upload.upload_id,
        s3: &upload.location,
    };
    created(upload, &acknowledgement)
}

fn created(upload: &Upload, body: &impl Serialize) -> Result<Response, Problem> {
    let mut response = json(StatusCode::CREATED, body)?;
    let place = HeaderValue::try_from(format!("/uploads/{}", upload.upload_id));
    response
        .headers_mut()
        .insert(LOCATION, place.map_err(Problem::internal)?);
    Ok(response)
}
