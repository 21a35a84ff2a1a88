//! What a function does without one of its permissions.

use anyhow::{Result, ensure};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{clients::Clients, deployment::Deployment};

/// Does `work` while the role of `function` lacks `action`, then gives the action back.
pub fn without<T>(
    deployment: &Deployment,
    function: &str,
    action: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let role = deployment.function(function, "role_name")?;
    let original = inline_policies(deployment.clients(), role)?;
    let reduced: Vec<_> = original
        .iter()
        .map(|(name, policy)| (name.clone(), less(policy, action)))
        .collect();
    ensure!(
        reduced != original,
        "the role of {function} held no {action} to begin with"
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
