//! The site and the pipeline behind it.

use acceptance_tests::{
    answers::ensure_status,
    deployment::{Deployment, PASSWORD},
};
use anyhow::{Result, ensure};
use sandbox::cognito::{self, HostedUi};

use crate::visitor;

pub fn config_json_names_what_the_page_calls(deployment: &Deployment) -> Result<()> {
    let answer = visitor::get(deployment, "/config.json")?;
    ensure_status(&answer, 200)?;
    ensure!(answer.header("content-type") == "application/json");
    ensure!(answer.header("cache-control") == "no-cache");

    let config = answer.json()?;
    for name in ["user_pool_id", "user_pool_client_id"] {
        ensure!(config[name] == deployment.output(name)?, "{name}: {config}");
    }
    ensure!(config["sign_in"] == deployment.output("hosted_ui_url")?);
    ensure!(config["api"] == "/", "the API is under the site: {config}");

    let page = visitor::get(deployment, "/")?;
    let policy = page.header("content-security-policy");
    let mut directives = policy.split("; ");
    let connect = directives.find_map(|directive| directive.strip_prefix("connect-src "));
    let connect: Vec<_> = connect.unwrap_or_default().split(' ').collect();
    ensure!(connect.contains(&"'self'"), "{policy}");
    for name in ["cognito", "sign_in", "uploads", "results"] {
        let address = config[name].as_str().unwrap_or_default();
        ensure!(connect.contains(&address), "{name} {address}: {policy}");
    }
    Ok(())
}

/// The embedded CloudFront reaches no API Gateway and says 502, which shows where it wanted to go.
pub fn paths_of_the_api_are_not_the_page(deployment: &Deployment) -> Result<()> {
    for path in ["/uploads", "/uploads/0190c2d5"] {
        ensure_status(&visitor::get(deployment, path)?, 502)?;
    }
    Ok(())
}

pub fn who_returns_from_the_sign_in_uploads(deployment: &Deployment) -> Result<()> {
    let (aws, client_id) = (
        deployment.address(),
        deployment.output("user_pool_client_id")?,
    );
    let redirect_uri = format!("{}/", deployment.output("site_url")?);
    cognito::sign_up(aws, client_id, "ann@example.com", PASSWORD)?;
    let hosted_ui = HostedUi {
        aws,
        client_id,
        redirect_uri: &redirect_uri,
    };
    let tokens = hosted_ui.sign_in("openid", "ann@example.com", PASSWORD)?;
    let body = br#"{"filename":"a.txt","content":"from the site"}"#;
    let api = deployment.api()?;
    ensure_status(&api.post("/uploads", Some(&tokens.access), body)?, 201)
}

pub fn the_site_alone_uses_signed_links(deployment: &Deployment) -> Result<()> {
    let clients = deployment.clients();
    let site = deployment.output("site_url")?;
    for bucket in ["uploads_bucket", "processed_bucket"] {
        let bucket = deployment.output(bucket)?;
        let cors = clients.wait(clients.s3.get_bucket_cors().bucket(bucket).send())?;
        let origins: Vec<_> = cors
            .cors_rules()
            .iter()
            .flat_map(|it| it.allowed_origins())
            .collect();
        ensure!(origins == [site], "{bucket}: {origins:?}");
    }
    Ok(())
}
