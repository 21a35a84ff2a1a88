//! Who is calling, by the claims of a token that API Gateway has verified.

use std::collections::HashMap;

use crate::owner::Owner;
use crate::problem::Problem;
use crate::problem_type::ProblemType;

/// The claims of the caller's JSON Web Token (RFC 7519). API Gateway's authorizer has checked
/// signature, issuer, audience and expiry, and hands every claim over as text.
#[derive(Debug, Clone, Default)]
pub struct Claims(HashMap<String, String>);

impl Claims {
    /// The claim's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The `sub` claim: the caller's lasting identity with its issuer (RFC 7519, section 4.1.2).
    /// Cognito's access and id tokens carry the same.
    ///
    /// # Errors
    /// 401 when it is absent: the route has no authorizer, or the token names nobody.
    pub fn subject(&self) -> Result<&str, Problem> {
        self.get("sub")
            .filter(|subject| !subject.is_empty())
            .ok_or_else(Problem::unauthorized)
    }

    /// Returns the caller as the owner of what it sends and reads.
    ///
    /// # Errors
    /// 401 as [`subject`](Self::subject); 403 when the claim cannot be an [`Owner`].
    pub fn owner(&self) -> Result<Owner, Problem> {
        self.subject()?.parse().map_err(|error| {
            let detail = format!("the token's subject cannot own anything here: {error}");
            Problem::new(ProblemType::FORBIDDEN, detail)
        })
    }

    /// Returns the caller's e-mail address, if the issuer has verified it (OpenID Connect Core
    /// 1.0, section 5.1). Of Cognito's tokens only the id token carries it.
    pub fn verified_email(&self) -> Option<&str> {
        let verified = self.get("email_verified") == Some("true");
        self.get("email")
            .filter(|email| verified && !email.is_empty())
    }

    /// Returns the groups of the user pool that the caller is in. API Gateway writes the list as
    /// text: an HTTP API as `[a b]`, a REST API as `a,b`. No group's name has a space
    /// (CreateGroup, `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`); name none with a comma.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        let text = self.get("cognito:groups").unwrap_or_default();
        let list = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let names = list.unwrap_or(text).split([' ', ',']);
        names.filter(|name| !name.is_empty())
    }
}

impl From<HashMap<String, String>> for Claims {
    fn from(claims: HashMap<String, String>) -> Self {
        Self(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_the_subject_if_there_is_one_that_can_own() {
        for (subject, status) in [(None, 401), (Some(""), 401), (Some("a/b"), 403)] {
            let claims = subject.map(|subject| ("sub".to_owned(), subject.to_owned()));
            let claims = Claims::from(claims.into_iter().collect::<HashMap<_, _>>());
            assert_eq!(claims.owner().unwrap_err().status(), status, "{subject:?}");
        }
        let claims = HashMap::from([("sub".to_owned(), "alice".to_owned())]);
        assert_eq!(Claims::from(claims).owner().unwrap().as_str(), "alice");
    }

    #[test]
    fn groups_are_read_as_each_kind_of_api_writes_them() {
        for (text, expected) in [
            ("[staff pro]", vec!["staff", "pro"]),
            ("[pro]", vec!["pro"]),
            ("staff,pro", vec!["staff", "pro"]),
            ("pro", vec!["pro"]),
            ("[]", vec![]),
            ("", vec![]),
        ] {
            let claims = HashMap::from([("cognito:groups".to_owned(), text.to_owned())]);
            let claims = Claims::from(claims);
            assert_eq!(claims.groups().collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(Claims::default().groups().count(), 0);
    }
}
