//! Mistakes in a request's body, each with its place.

use std::fmt::Display;

use crate::http::Member;
use crate::problem::{InvalidMember, Problem};
use crate::text::{MAX_DETAIL_BYTES, cut};

/// Collects what is wrong with a body.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<InvalidMember>);

impl Mistakes {
    /// Notes a mistake at that place, a JSON pointer (RFC 6901).
    pub fn note(&mut self, pointer: impl Into<String>, detail: impl Display) {
        self.0.push(InvalidMember {
            detail: cut(detail.to_string(), MAX_DETAIL_BYTES),
            pointer: cut(pointer.into(), MAX_DETAIL_BYTES),
        });
    }

    /// The text at that place as a `T`, which is required; what is wrong with it is noted.
    pub fn parse<T, E: Display>(
        &mut self,
        pointer: &str,
        member: Option<Member>,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        let text = match member {
            Some(Member::Text(text)) => Ok(text),
            Some(_) => Err("must be a string"),
            None => Err("is required"),
        };
        match text.map(parse) {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(detail)) => self.note(pointer, detail),
            Err(detail) => self.note(pointer, detail),
        }
        None
    }

    /// Returns the whole number at that place, which is required; what is wrong with it is noted.
    pub fn number(&mut self, pointer: &str, member: Option<Member>) -> Option<u64> {
        match member {
            Some(Member::Number(number)) => return Some(number),
            Some(_) => self.note(pointer, "must be a whole number that is not negative"),
            None => self.note(pointer, "is required"),
        }
        None
    }

    /// The problem to answer with.
    pub fn into_problem(self) -> Problem {
        Problem::invalid_members(self.0)
    }

    /// Whether there was no mistake.
    ///
    /// # Errors
    /// 400 with all of them.
    pub fn none(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.into_problem())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let mut mistakes = Mistakes::default();
        let mut parse = |pointer: &str, member: Option<Value>| {
            let member = member.as_ref().map(Member::from);
            mistakes.parse(pointer, member, |text| text.parse::<u8>())
        };
        assert_eq!(parse("/good", Some(json!("7"))), Some(7));
        assert_eq!(parse("/absent", None), None);
        assert_eq!(parse("/number", Some(json!(7))), None);
        assert_eq!(parse("/large", Some(json!("256"))), None);

        let response = mistakes.none().unwrap_err().into_response("id");
        let body: Value = serde_json::from_str(response.body()).unwrap();
        let places: Vec<_> = body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(places, ["/absent", "/number", "/large"]);
        assert!(Mistakes::default().none().is_ok());
    }
}
