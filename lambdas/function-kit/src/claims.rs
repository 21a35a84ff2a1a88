//! Who is calling, by the claims of a token that API Gateway has verified.

use std::collections::HashMap;

use crate::problem::Problem;

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
}

impl From<HashMap<String, String>> for Claims {
    fn from(claims: HashMap<String, String>) -> Self {
        Self(claims)
    }
}
