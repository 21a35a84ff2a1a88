//! Bodies of hostile shape.

use acceptance_tests::{
    deployment::Deployment,
    hostile::{Target, bodies_kill_no_function},
};
use anyhow::Result;

const TARGETS: [Target; 2] = [
    Target {
        member: "name",
        others: "",
    },
    Target {
        member: "items",
        others: r#""userId":"01890a5d-ac96-774b-bcce-b302099a8057","#,
    },
];

/// No body of whatever shape and size ends a function or is answered with 5xx.
pub fn no_hostile_body_kills_a_function(deployment: &Deployment) -> Result<()> {
    let token = &deployment.user()?.id;
    bodies_kill_no_function(deployment, token, &TARGETS, &["users", "orders"])
}
