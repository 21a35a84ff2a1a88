//! What went wrong with a request, as the client reads it: problem details (RFC 9457).

use std::error::Error;

use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::problem_type::ProblemType;
use crate::text::{MAX_DETAIL_BYTES, cut};

/// Media type of a problem (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which a client may try again what failed for want of capacity. The SDK has by
/// then used its own retries, and DynamoDB, S3 and Kinesis recover within seconds.
pub const RETRY_AFTER_SECONDS: u16 = 3;

/// A refusal or failure, to be returned from a handler as the error.
///
/// Its type says what kind of problem it is, for programs; `detail` tells the client what to change.
/// The cause of a failure is for the log and never reaches the client.
#[derive(Debug)]
pub struct Problem {
    /// Boxed, so that the results of handlers stay small.
    kind: Box<ProblemType>,
    detail: String,
    errors: Vec<InvalidMember>,
    extensions: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// A problem as it is sent.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: ProblemType,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    instance: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [InvalidMember],
    #[serde(flatten)]
    extensions: &'a Map<String, Value>,
}

/// One member of the request's body that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvalidMember {
    /// What is wrong with it.
    pub detail: String,
    /// Where it is: a JSON pointer (RFC 6901) into the body.
    pub pointer: String,
}

impl Problem {
    /// A problem of this type, with a sentence for the client.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind: Box::new(kind),
            detail: cut(detail.into(), MAX_DETAIL_BYTES),
            errors: Vec::new(),
            extensions: Map::new(),
            headers: Vec::new(),
            cause: None,
        }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemType::INVALID_REQUEST, detail)
    }

    /// 400: these members of the body cannot be used.
    pub fn invalid_members(errors: Vec<InvalidMember>) -> Self {
        Self {
            errors,
            ..Self::bad_request("the body has members that cannot be used; see errors")
        }
    }

    /// 401: nobody is signed in. Names the scheme, as RFC 9110 section 15.5.2 asks.
    pub fn unauthorized() -> Self {
        Self::new(ProblemType::NOT_SIGNED_IN, "sign in, and send the token")
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 404: there is nothing here, or nothing that the caller may see.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ProblemType::NOT_FOUND, detail)
    }

    /// 405: the resource exists and takes only these methods (RFC 9110, section 15.5.6).
    pub fn method_not_allowed(allowed: &[Method]) -> Self {
        let allowed = allowed
            .iter()
            .map(Method::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let problem = Self::new(
            ProblemType::METHOD_NOT_ALLOWED,
            format!("this resource takes {allowed}"),
        );
        match HeaderValue::from_str(&allowed) {
            Ok(value) => problem.with_header(ALLOW, value),
            Err(_) => problem,
        }
    }

    /// 500: the function failed. The cause is logged, not shown.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(
                ProblemType::INTERNAL,
                "the request failed for a reason that is not yours; quote the instance when you ask about it",
            )
        }
    }

    /// 503: a service that the function needs has no capacity just now. The cause is logged.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(
                ProblemType::UNAVAILABLE,
                "the service is busy; try again after the time in Retry-After",
            )
        }
        .with_header(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS))
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds an extension member (RFC 9457, section 3.2).
    #[must_use]
    pub fn with_extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Replaces the sentence for the client.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = cut(detail.into(), MAX_DETAIL_BYTES);
        self
    }

    /// The status that the client is answered with.
    pub fn status(&self) -> StatusCode {
        self.kind.status
    }

    /// What kind of problem it is.
    pub fn kind(&self) -> ProblemType {
        *self.kind
    }

    /// How many members of the body cannot be used.
    pub fn mistakes(&self) -> usize {
        self.errors.len()
    }

    /// Why the function failed, for the log.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    /// The answer to send; `request_id` becomes the problem's `instance`, which a client quotes
    /// and an operator finds in the log.
    pub fn into_response(self, request_id: &str) -> Response<String> {
        let document = Document {
            kind: *self.kind,
            title: self.kind.title,
            status: self.kind.status.as_u16(),
            detail: &self.detail,
            instance: request_id,
            errors: &self.errors,
            extensions: &self.extensions,
        };
        // Text, numbers and JSON values always serialise.
        let mut response = Response::new(serde_json::to_string(&document).unwrap_or_default());
        *response.status_mut() = self.kind.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.extend(self.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(problem: Problem) -> Value {
        serde_json::from_str(problem.into_response("request-1").body()).unwrap()
    }

    #[test]
    fn a_problem_has_the_members_of_rfc_9457() {
        let problem = Problem::invalid_members(vec![InvalidMember {
            detail: "is missing".into(),
            pointer: "/filename".into(),
        }]);
        let body = body(problem.with_extension("limit", 5));
        assert_eq!(body["type"], "urn:rustlambda:problem:invalid-request");
        assert_eq!(body["title"], "Invalid request");
        assert_eq!(body["status"], 400);
        assert_eq!(body["instance"], "request-1");
        assert_eq!(body["errors"][0]["pointer"], "/filename");
        assert_eq!(body["limit"], 5);
    }

    #[test]
    fn a_failure_keeps_its_cause_from_the_client() {
        let problem = Problem::internal("table arn:aws:dynamodb:secret");
        assert!(problem.cause().unwrap().to_string().contains("secret"));
        assert!(!body(problem).to_string().contains("secret"));
    }

    #[test]
    fn statuses_that_oblige_to_a_header_carry_it() {
        let header = |problem: Problem, name| {
            let response = problem.into_response("r");
            response.headers()[name].to_str().unwrap().to_owned()
        };
        assert_eq!(header(Problem::unauthorized(), WWW_AUTHENTICATE), "Bearer");
        assert_eq!(header(Problem::unavailable("x"), RETRY_AFTER), "3");
        assert_eq!(
            header(
                Problem::method_not_allowed(&[Method::GET, Method::PUT]),
                ALLOW
            ),
            "GET, PUT"
        );
    }
}
