//! Bodies of hostile shape.

use acceptance_tests::{
    deployment::Deployment,
    hostile::{Target, bodies_kill_no_function},
};
use anyhow::Result;

const TARGETS: [Target; 2] = [
    Target {
        member: "filename",
        others: r#""content":"a","#,
    },
    Target {
        member: "content",
        others: r#""filename":"a.txt","#,
    },
];

/// No body of whatever shape and size ends a function or is answered with 5xx.
pub fn no_hostile_body_kills_a_function(deployment: &Deployment) -> Result<()> {
    let token = &deployment.user()?.access;
    bodies_kill_no_function(deployment, token, &TARGETS, &["upload-api"])
}
