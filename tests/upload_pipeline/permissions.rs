//! The functions' roles hold what they use, and IAM is really enforced.

use acceptance_tests::{clients::Clients, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::observe::{Stored, ensure_problem, file_key, processed, upload_body};

/// Takes `s3:PutObject` from upload-api's role: uploads fail and store nothing; given
/// back, they work again.
pub fn without_put_object_the_upload_fails(deployment: &Deployment) -> Result<()> {
    let (api, token) = (deployment.api()?, &deployment.user()?.access);
    let body = upload_body("permitted.txt", "is it permitted?");
    let before = Stored::count(deployment)?;
    let refused = without(deployment, "s3:PutObject", || {
        api.post("/uploads", Some(token), &body)
    })?;
    ensure_problem(&refused, 500)?;
    ensure!(
        Stored::count(deployment)? == before,
        "the failed upload left something"
    );

    let accepted = api.post("/uploads", Some(token), &body)?;
    let text = processed(deployment, &file_key(&accepted)?)?;
    ensure!(text == "IS IT PERMITTED?", "processed to {text:?}");
    Ok(())
}

/// Does `work` while upload-api's role lacks `action`, then gives the action back.
pub fn without<T>(
    deployment: &Deployment,
    action: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let role = deployment.outputs().value("functions")?["upload-api"]["role_name"]
        .as_str()
        .context("the output functions names no role of upload-api")?;
    let original = inline_policies(deployment.clients(), role)?;
    let reduced: Vec<_> = original
        .iter()
        .map(|(name, policy)| (name.clone(), less(policy, action)))
        .collect();
    ensure!(
        reduced != original,
        "upload-api's role held no {action} to begin with"
    );
    put(deployment.clients(), role, &reduced)?;
    let result = work();
    put(deployment.clients(), role, &original)?;
    result
}

fn inline_policies(clients: &Clients, role: &str) -> Result<Vec<(String, Value)>> {
    let names = clients
        .wait(clients.iam.list_role_policies().role_name(role).send())?
        .policy_names;
    let policy = |name: String| {
        let request = clients
            .iam
            .get_role_policy()
            .role_name(role)
            .policy_name(&name);
        // IAM answers with policy documents that are percent-encoded (RFC 3986).
        let document = clients.wait(request.send())?.policy_document;
        let document = percent_decode_str(&document).decode_utf8()?;
        Ok((name, serde_json::from_str(&document)?))
    };
    names.into_iter().map(policy).collect()
}

/// The policy less one action, and less the statements that allowed nothing else.
fn less(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    if let Some(statements) = policy["Statement"].as_array_mut() {
        for statement in statements.iter_mut() {
            if let Some(actions) = statement["Action"].as_array_mut() {
                actions.retain(|allowed| allowed != action);
            } else if statement["Action"] == action {
                statement["Action"] = Value::Array(Vec::new());
            }
        }
        statements.retain(|statement| statement["Action"] != Value::Array(Vec::new()));
    }
    policy
}

fn put(clients: &Clients, role: &str, policies: &[(String, Value)]) -> Result<()> {
    for (name, policy) in policies {
        let request = clients
            .iam
            .put_role_policy()
            .role_name(role)
            .policy_name(name);
        clients.wait(request.policy_document(policy.to_string()).send())?;
    }
    Ok(())
}
