//! Preconditions: a client changes only what it has seen (RFC 9110, section 13.1.1).

use http::HeaderValue;
use http::header::IF_MATCH;

use super::Request;
use crate::problem::Problem;
use crate::problem_type::ProblemType;

/// What a request asks of the thing that it changes: the header `If-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: that there is one.
    Any,
    /// That it has one of these entity tags, which stand without their quotes. Weak tags are not
    /// among them, since they never match in the strong comparison that the header wants (sections
    /// 8.8.3.2 and 13.1.1).
    Tags(Vec<String>),
}

impl IfMatch {
    /// Returns whether a thing of that entity tag is what the client asks for.
    pub fn allows(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|known| known == tag),
        }
    }
}

/// Returns the header `ETag` for a tag of visible ASCII without quotes.
///
/// # Errors
/// 500 when the tag has a character that a header cannot hold.
pub fn etag(tag: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(format!("\"{tag}\"")).map_err(Problem::internal)
}

/// Returns the problem of a request that asks for another state than there is (section 15.5.13).
pub fn precondition_failed() -> Problem {
    Problem::new(
        ProblemType::PRECONDITION_FAILED,
        "it has changed since you read it; read it again, and send its ETag in If-Match",
    )
}

impl Request {
    /// Returns the request's precondition, if it has one.
    ///
    /// # Errors
    /// 400 when the header `If-Match` is neither `*` nor a list of entity tags.
    pub fn if_match(&self) -> Result<Option<IfMatch>, Problem> {
        let mut tags = Vec::new();
        let mut values = self.headers.get_all(IF_MATCH).iter().peekable();
        if values.peek().is_none() {
            return Ok(None);
        }
        for value in values {
            let text = value.to_str().unwrap_or("?").trim();
            if text == "*" {
                return Ok(Some(IfMatch::Any));
            }
            let more = tags_of(text).ok_or_else(|| {
                let detail = "the header If-Match must be *, or entity tags in double quotes, such as the ETag of an earlier answer";
                Problem::bad_request(detail)
            })?;
            tags.extend(more);
        }
        Ok(Some(IfMatch::Tags(tags)))
    }
}

/// Returns the strong tags of a list of entity tags (sections 5.6.1 and 8.8.3): at least one tag,
/// and members that are empty do not count.
fn tags_of(mut text: &str) -> Option<Vec<String>> {
    let mut tags = Vec::new();
    let mut found = false;
    loop {
        text = text.trim_start_matches([' ', '\t', ',']);
        if text.is_empty() {
            return found.then_some(tags);
        }
        let (weak, rest) = match text.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (tag, rest) = rest.strip_prefix('"')?.split_once('"')?;
        if tag.contains(' ') {
            return None;
        }
        text = rest.trim_start_matches([' ', '\t']);
        if !text.is_empty() && !text.starts_with(',') {
            return None;
        }
        found = true;
        if !weak {
            tags.push(tag.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::request::tests::request;
    use super::*;

    fn if_match(text: &'static str) -> Result<Option<IfMatch>, StatusCode> {
        let mut request = request("/", "");
        let value = HeaderValue::from_static(text);
        request.headers.insert(IF_MATCH, value);
        request.if_match().map_err(|problem| problem.status())
    }

    #[test]
    fn a_precondition_is_a_star_or_a_list_of_tags() {
        let tags = |tags: &[&str]| {
            let tags = tags.iter().map(|&tag| tag.to_owned());
            Ok(Some(IfMatch::Tags(tags.collect())))
        };
        assert_eq!(if_match(" * "), Ok(Some(IfMatch::Any)));
        assert_eq!(if_match(r#""a""#), tags(&["a"]));
        assert_eq!(if_match(r#""a,b" , ,"c","""#), tags(&["a,b", "c", ""]));
        assert_eq!(if_match(r#"W/"a", "b""#), tags(&["b"]));
        assert_eq!(if_match(r#"W/"a""#), tags(&[]));
        for bad in [
            "",
            ",",
            "a",
            r#""a"#,
            r#""a" "b""#,
            r#"w/"a""#,
            r#"*, "a""#,
            "\"a b\"",
        ] {
            assert_eq!(if_match(bad), Err(StatusCode::BAD_REQUEST), "{bad}");
        }
        assert_eq!(request("/", "").if_match().unwrap(), None);
    }

    #[test]
    fn a_weak_tag_never_matches() {
        let allows = |text, tag| if_match(text).unwrap().unwrap().allows(tag);
        assert!(allows("*", "a") && allows(r#""b", "a""#, "a"));
        assert!(!allows(r#"W/"a""#, "a") && !allows(r#""a""#, "A"));
    }
}
