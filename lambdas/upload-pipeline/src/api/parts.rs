//! `/uploads/{upload_id}/parts`.

use std::collections::BTreeMap;

use function_kit::http::json;
use function_kit::{Member, Mistakes, Owner, Problem, Request, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::direct::Direct;
use crate::direct::parts::WantedPart;
use crate::domain::{Sha256Digest, UploadId};
use crate::ports::direct::SignedRequest;

/// Most parts that one request signs.
const MAX_PARTS: usize = 100;

/// Largest body, in bytes: as many parts take a fifth of it.
const MAX_BODY_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
struct Body {
    parts: Option<Vec<BTreeMap<String, Member>>>,
}

#[derive(Serialize)]
struct Signed {
    parts: Vec<SignedPart>,
}

#[derive(Serialize)]
struct SignedPart {
    number: u16,
    #[serde(flatten)]
    request: SignedRequest,
}

#[derive(Serialize)]
struct Arrived {
    parts: Vec<ArrivedPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct ArrivedPart {
    number: u16,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<Sha256Digest>,
}

/// Answers with a signed PUT for each part asked for.
pub async fn sign(
    direct: &Direct,
    request: &Request,
    owner: &Owner,
    id: UploadId,
) -> Result<Response, Problem> {
    let wanted = wanted(request.json(MAX_BODY_BYTES)?)?;
    let requests = direct.sign_parts(owner, id, &wanted).await?;
    let parts = wanted
        .iter()
        .zip(requests)
        .map(|(part, request)| SignedPart {
            number: part.number,
            request,
        });
    let parts = parts.collect();
    json(StatusCode::OK, &Signed { parts })
}

fn wanted(body: Body) -> Result<Vec<WantedPart>, Problem> {
    let mut mistakes = Mistakes::default();
    let parts = body.parts.unwrap_or_default();
    if parts.is_empty() || parts.len() > MAX_PARTS {
        mistakes.note("/parts", format!("must have 1 to {MAX_PARTS} parts"));
        return Err(mistakes.into_problem());
    }
    let mut wanted = Vec::with_capacity(parts.len());
    for (index, mut part) in parts.into_iter().enumerate() {
        let at = |name: &str| format!("/parts/{index}/{name}");
        // Which numbers there are is the upload's affair; none is above 10,000.
        let number = mistakes.number(&at("number"), part.remove("number"));
        let number = number.map(|number| u16::try_from(number).unwrap_or(u16::MAX));
        let sha256 = mistakes.parse(&at("sha256"), part.remove("sha256"), Sha256Digest::try_from);
        if let (Some(number), Some(sha256)) = (number, sha256) {
            wanted.push(WantedPart { number, sha256 });
        }
    }
    mistakes.none()?;
    Ok(wanted)
}

/// Answers with the parts that have arrived, behind the parameter `cursor`.
pub async fn list(
    direct: &Direct,
    request: &Request,
    owner: &Owner,
    id: UploadId,
) -> Result<Response, Problem> {
    let page = direct.arrived_parts(owner, id, after(request)?).await?;
    let last = page.parts.last().filter(|_| page.more);
    let next_cursor = last.map(|part| part.number.to_string());
    let parts = page.parts.iter().map(|part| ArrivedPart {
        number: part.number,
        size: part.size,
        sha256: part.sha256,
    });
    let parts = parts.collect();
    json(StatusCode::OK, &Arrived { parts, next_cursor })
}

/// The cursor is the number of the last part.
fn after(request: &Request) -> Result<u16, Problem> {
    let text = request.query("cursor").unwrap_or("0");
    text.parse().map_err(|_| {
        Problem::bad_request("cursor must be the cursor of an earlier answer, unchanged")
    })
}
