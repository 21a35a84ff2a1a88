//! The function's role holds what it uses, and IAM is really enforced.

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
    permissions::without,
};
use anyhow::{Context, Result, ensure};

use crate::client::{Person, rows};

/// Takes each action from the role in its turn: what needs it fails, and nothing is changed. So
/// there is none that is not used.
pub fn without_a_permission_nothing_is_done(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "iam@example.com")?.session()?;
    let id = session.create(r#"{"name":"kept"}"#)?;
    let item = format!("/items/{id}");
    let before = rows(deployment)?;
    for (action, method, path, body) in [
        (
            "dynamodb:PutItem",
            "POST",
            "/items",
            Some(r#"{"name":"new"}"#),
        ),
        (
            "dynamodb:PutItem",
            "PUT",
            &item,
            Some(r#"{"name":"other"}"#),
        ),
        ("dynamodb:DeleteItem", "DELETE", &item, None),
        ("dynamodb:GetItem", "GET", &item, None),
        ("dynamodb:Query", "GET", "/items", None),
    ] {
        let refused = without(deployment, "items-api", action, || {
            session.send(method, path, body)
        })?;
        let problem = ensure_problem(&refused, 500).context(action)?;
        ensure!(
            !refused.body.contains("dynamodb") && !refused.body.contains("arn:"),
            "the cause is the log's alone: {problem}"
        );
        let kept = session.get(&item)?.json()?;
        ensure!(kept["name"] == "kept", "without {action}: {kept}");
        ensure!(rows(deployment)? == before, "without {action}");
    }
    ensure_status(&session.delete(&id)?, 204)
}
