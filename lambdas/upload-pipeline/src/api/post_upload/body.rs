//! The body of `POST /uploads`, of which every mistake is told: see [`Mistakes`].

use std::convert::Infallible;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use function_kit::{Member, Mistakes, Problem};
use serde::Deserialize;

use super::{MAX_CONTENT_BYTES, mismatch, too_large};
use crate::direct::Limits;
use crate::domain::{Announced, ContentType, FileName, Sha256Digest};

/// The body as the client sent it.
#[derive(Deserialize)]
pub struct Body {
    filename: Option<Member>,
    content: Option<Member>,
    content_base64: Option<Member>,
    size: Option<Member>,
    content_type: Option<Member>,
    sha256: Option<Member>,
}

/// What a valid body asks for.
pub struct Wanted {
    pub file_name: FileName,
    pub content_type: ContentType,
    pub what: What,
}

/// An upload's content, or how large it will be.
pub enum What {
    Content(Bytes),
    Announced(Announced),
}

impl Body {
    /// Returns what the body asks for.
    ///
    /// # Errors
    /// 400 with every mistake; 413 when the content is too large; 400 when it does not have the
    /// checksum.
    pub fn wanted(self, limits: Limits) -> Result<Wanted, Problem> {
        let mut mistakes = Mistakes::default();
        let file_name = mistakes.parse("/filename", self.filename, |name| FileName::parse(&name));
        let is_text = self.content.is_some();
        let source = source(&mut mistakes, self.content, self.content_base64, self.size);
        let content_type = match self.content_type {
            None if is_text => Some(ContentType::default()),
            None => Some(ContentType::binary()),
            declared => mistakes.parse("/content_type", declared, ContentType::try_from),
        };
        let limit = limits.multipart_above;
        let sha256 = match (self.sha256, &source) {
            (None, Some(Source::Size(size))) if *size <= limit => {
                mistakes.note(
                    "/sha256",
                    format!("is required for a size of up to {limit}"),
                );
                None
            }
            (None, _) => Some(None),
            (declared, _) => mistakes
                .parse("/sha256", declared, Sha256Digest::try_from)
                .map(Some),
        };
        let (Some(file_name), Some(source), Some(content_type), Some(sha256)) =
            (file_name, source, content_type, sha256)
        else {
            return Err(mistakes.into_problem());
        };
        let what = match source {
            Source::Content(content) => What::Content(checked(content, sha256, limits)?),
            Source::Size(size) => What::Announced(Announced { size, sha256 }),
        };
        Ok(Wanted {
            file_name,
            content_type,
            what,
        })
    }
}

/// Where the content is, or how large it will be.
enum Source {
    Content(Bytes),
    Size(u64),
}

fn source(
    mistakes: &mut Mistakes,
    content: Option<Member>,
    content_base64: Option<Member>,
    size: Option<Member>,
) -> Option<Source> {
    match (content, content_base64, size) {
        (content, None, None) => {
            let text = mistakes.parse("/content", content, Ok::<_, Infallible>);
            text.map(|text| Source::Content(text.into()))
        }
        (None, base64, None) => {
            let bytes = mistakes.parse("/content_base64", base64, decoded);
            bytes.map(Source::Content)
        }
        (None, None, size) => mistakes.number("/size", size).map(Source::Size),
        _ => {
            mistakes.note("/content", "give one of content, content_base64 and size");
            None
        }
    }
}

fn decoded(base64: String) -> Result<Bytes, String> {
    let decoded = BASE64_STANDARD.decode(base64).map(Bytes::from);
    decoded.map_err(|error| format!("must be base64 with padding: {error}"))
}

fn checked(content: Bytes, sha256: Option<Sha256Digest>, limits: Limits) -> Result<Bytes, Problem> {
    let limit = limits.max_bytes.min(MAX_CONTENT_BYTES as u64);
    if content.len() as u64 > limit {
        return Err(too_large(content.len() as u64, limit));
    }
    let Some(declared) = sha256 else {
        return Ok(content);
    };
    match Sha256Digest::of(&content) {
        actual if actual == declared => Ok(content),
        actual => Err(mismatch(actual)),
    }
}

impl Wanted {
    /// Returns a digest that two requests share only if they ask for the same.
    pub fn digest(&self) -> Sha256Digest {
        let (kind, size, sha256) = match &self.what {
            What::Content(content) => {
                let sha256 = Some(Sha256Digest::of(content));
                ("content", content.len() as u64, sha256)
            }
            What::Announced(announced) => ("size", announced.size, announced.sha256),
        };
        let (file_name, content_type) = (&self.file_name, &self.content_type);
        let sha256 = sha256.map(String::from).unwrap_or_default();
        // No name, type or digest holds a line end.
        let text = format!("{kind}\n{size}\n{sha256}\n{content_type}\n{file_name}");
        Sha256Digest::of(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;

    #[test]
    fn no_content_is_larger_than_uploads_may_be() {
        let limits = Limits {
            multipart_above: 10,
            max_bytes: 4,
        };
        let status = |content: &str| {
            let body = json!({"filename": "a", "content": content});
            let body: Body = serde_json::from_value(body).unwrap();
            body.wanted(limits).err().map(|problem| problem.status())
        };
        assert_eq!(status("four"), None);
        assert_eq!(status("fives"), Some(StatusCode::PAYLOAD_TOO_LARGE));
    }
}
