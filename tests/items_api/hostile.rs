//! Bodies of hostile shape.

use acceptance_tests::{
    deployment::Deployment,
    hostile::{Target, bodies_kill_no_function},
};
use anyhow::Result;

use crate::client::{ALL_SCOPES, Person};

/// The name, and a member of the client's own.
const TARGETS: [Target; 2] = [
    Target {
        member: "name",
        others: "",
    },
    Target {
        member: "tags",
        others: r#""name":"a","#,
    },
];

/// No body of whatever shape and size ends the function or is answered with 5xx.
pub fn no_hostile_body_kills_a_function(deployment: &Deployment) -> Result<()> {
    let tokens = Person::new(deployment, "mallory@example.com")?.tokens(ALL_SCOPES)?;
    bodies_kill_no_function(deployment, &tokens.access, &TARGETS, &["items-api"])
}
