//! The types of problems, which programs tell apart (RFC 9457, section 3.1.1).

use http::StatusCode;
use serde::{Serialize, Serializer};

/// A type of problem. Its URN, its status and its title are the same in every answer, and stay the
/// same in every version; `docs/problems.md` explains each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// The URN's last part.
    pub name: &'static str,
    /// The status of the answer.
    pub status: StatusCode,
    /// The type in a few words.
    pub title: &'static str,
}

macro_rules! problem_types {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $status:ident, $title:literal;)*) => {
        impl ProblemType {
            $($(#[$doc])* pub const $constant: Self = Self {
                name: $name,
                status: StatusCode::$status,
                title: $title,
            };)*

            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$constant),*];
        }
    };
}

problem_types! {
    /// The request cannot be understood; `errors` names members of its body, where it can.
    INVALID_REQUEST = "invalid-request", BAD_REQUEST, "Invalid request";
    /// The content does not have the checksum that came with it.
    CHECKSUM_MISMATCH = "checksum-mismatch", BAD_REQUEST, "Checksum mismatch";
    /// Nobody is signed in.
    NOT_SIGNED_IN = "not-signed-in", UNAUTHORIZED, "Not signed in";
    /// The caller is signed in, and may not do this.
    FORBIDDEN = "forbidden", FORBIDDEN, "Forbidden";
    /// There is nothing here, or nothing that the caller may see.
    NOT_FOUND = "not-found", NOT_FOUND, "Not found";
    /// The resource does not take this method.
    METHOD_NOT_ALLOWED = "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed";
    /// The resource is in a state in which this cannot be done.
    NOT_ACCEPTABLE_STATE = "not-acceptable-state", CONFLICT, "Not possible in this state";
    /// Parts of the upload have not arrived; `missing` names the first of them.
    PARTS_MISSING = "parts-missing", CONFLICT, "Parts are missing";
    /// What the Idempotency-Key stands for is being done, or is gone.
    KEY_IN_USE = "key-in-use", CONFLICT, "Idempotency-Key in use";
    /// The resource has changed since the caller read it.
    PRECONDITION_FAILED = "precondition-failed", PRECONDITION_FAILED, "Precondition failed";
    /// The content is larger than this takes.
    CONTENT_TOO_LARGE = "content-too-large", PAYLOAD_TOO_LARGE, "Content too large";
    /// The body is of another media type than this takes.
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "Unsupported media type";
    /// The Idempotency-Key came with another request before.
    KEY_REUSED = "key-reused", UNPROCESSABLE_ENTITY, "Idempotency-Key used for another request";
    /// The caller has used up a quota: `quota` names it, and `limit` is its size.
    QUOTA_EXCEEDED = "quota-exceeded", TOO_MANY_REQUESTS, "Quota exceeded";
    /// The function failed.
    INTERNAL = "internal", INTERNAL_SERVER_ERROR, "Internal error";
    /// A service that the function needs has no capacity just now.
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE, "Unavailable";
}

impl ProblemType {
    /// Returns the type's URI.
    pub fn urn(self) -> String {
        format!("urn:rustlambda:problem:{}", self.name)
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.urn())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn types_are_told_apart_by_their_names() {
        let names: HashSet<_> = ProblemType::ALL.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), ProblemType::ALL.len());
        assert!(names.contains("parts-missing"));
    }
}
