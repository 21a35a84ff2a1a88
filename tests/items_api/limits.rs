//! The stage: throttling, usage plan and access log. The embedded API Gateway throttles and writes
//! no access logs, so of these the configuration is looked at.

use acceptance_tests::{answers::ensure_problem, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use serde_json::Value;

use crate::client::Person;

const STAGE: &str = "v1";

/// Every method is throttled, the log group and the role for the access log are there, and the
/// usage plan covers the stage.
pub fn the_stage_is_throttled_and_logged(deployment: &Deployment) -> Result<()> {
    let (clients, id) = (deployment.clients(), api_id(deployment)?);
    let gateway = &clients.apigateway;
    let request = gateway.get_stage().rest_api_id(id).stage_name(STAGE);
    let stage = clients.wait(request.send())?;
    let settings = stage.method_settings.unwrap_or_default();
    let every = settings.get("*/*").context("no settings for all methods")?;
    ensure!(
        (every.throttling_rate_limit, every.throttling_burst_limit) == (100.0, 200),
        "{every:?}"
    );

    let log = stage.access_log_settings.context("no access log")?;
    let destination = log.destination_arn.unwrap_or_default();
    ensure!(
        destination.ends_with(":/aws/rest-api/acceptance"),
        "{destination}"
    );
    let line: Value = serde_json::from_str(&log.format.unwrap_or_default())?;
    ensure!(
        line["subject"] == "$context.authorizer.claims.sub",
        "{line}"
    );
    let account = clients.wait(gateway.get_account().send())?;
    let role = account.cloudwatch_role_arn.unwrap_or_default();
    ensure!(role.contains("role/acceptance-api-gateway-logs"), "{role}");

    let plans = clients.wait(gateway.get_usage_plans().send())?;
    let plan = plans.items().first().context("no usage plan")?;
    let stages = plan.api_stages();
    ensure!(
        stages.len() == 1 && stages[0].api_id() == Some(id),
        "{plan:?}"
    );
    let quota = plan.quota().context("no quota")?;
    ensure!(quota.limit == 10_000, "{quota:?}");
    Ok(())
}

/// Beyond the limit API Gateway answers itself, without the function.
pub fn what_is_throttled_is_told_when_to_try_again(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "busy@example.com")?.session()?;
    throttle(deployment, "0", "0")?;
    let answer = session.get("/items");
    throttle(deployment, "100", "200")?;
    let answer = answer?;
    ensure_problem(&answer, 429)?;
    ensure!(answer.header("retry-after") == "1", "{answer:?}");
    ensure!(session.get("/items")?.status == 200, "still throttled");
    Ok(())
}

fn throttle(deployment: &Deployment, rate: &str, burst: &str) -> Result<()> {
    let replace = |setting: &str, value: &str| {
        PatchOperation::builder()
            .op(Op::Replace)
            .path(format!("/*/*/throttling/{setting}"))
            .value(value)
            .build()
    };
    let clients = deployment.clients();
    let request = clients
        .apigateway
        .update_stage()
        .rest_api_id(api_id(deployment)?)
        .stage_name(STAGE)
        .patch_operations(replace("rateLimit", rate))
        .patch_operations(replace("burstLimit", burst));
    clients.wait(request.send())?;
    Ok(())
}

fn api_id(deployment: &Deployment) -> Result<&str> {
    let endpoint = deployment.output("api_endpoint")?;
    let host = endpoint.strip_prefix("https://");
    host.and_then(|host| host.split('.').next())
        .with_context(|| format!("no id in {endpoint}"))
}
