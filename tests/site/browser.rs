//! People at the site, in a browser. The tests themselves are TypeScript, in `web/e2e`.

use std::sync::OnceLock;

use acceptance_tests::deployment::{Deployment, PASSWORD};
use anyhow::{Result, anyhow, ensure};
use sandbox::{project::Project, quiet, site, terraform::Outputs, tool, web::Web};

use crate::visitor;

/// Whom an administrator has invited, with a password that has to be replaced.
const INVITED: &str = "invited@example.com";

/// Builds the site that the example installs.
pub fn build_site() -> Result<()> {
    Web::prepare(&Project::find()?, &quiet)?.build_site(&quiet)?;
    Ok(())
}

pub fn first_load_is_strict_and_light(deployment: &Deployment) -> Result<()> {
    run(deployment, "first-load")
}

pub fn people_get_an_account_and_sign_in(deployment: &Deployment) -> Result<()> {
    run(deployment, "accounts")
}

pub fn asks_for_a_code_of_an_authenticator_app(deployment: &Deployment) -> Result<()> {
    run(deployment, "totp")
}

pub fn signs_in_at_the_hosted_ui(deployment: &Deployment) -> Result<()> {
    run(deployment, "hosted-ui")
}

pub fn sign_out_ends_the_session(deployment: &Deployment) -> Result<()> {
    run(deployment, "session")
}

/// Puts back what the browser's scenarios have changed.
pub fn the_api_returns_under_the_site(deployment: &Deployment) -> Result<()> {
    deployment.apply_with_all(&[])?;
    let config = visitor::get(deployment, "/config.json")?.json()?;
    ensure!(config["api"] == "/", "the API is under the site: {config}");
    Ok(())
}

/// Runs one file of `web/e2e/test`; its output is in the log when it fails.
fn run(deployment: &Deployment, file: &str) -> Result<()> {
    let project = Project::find()?;
    let chromium = tool::need(&tool::CHROMIUM, "a test in the browser")?;
    let outputs = reachable(deployment)?;
    let aws = deployment.address();
    let text = |name: &str| outputs.string(name).map(str::to_owned);
    let environment = [
        ("SITE", site::origin(aws, outputs)?),
        ("API", site::api(aws, outputs)?),
        ("EMBEDDED_AWS", aws.endpoint()),
        ("NODE_EXTRA_CA_CERTS", aws.authorities.display().to_string()),
        ("USER_POOL_ID", text("user_pool_id")?),
        ("CLIENT_ID", text("user_pool_client_id")?),
        ("INVITED", INVITED.to_owned()),
        ("PASSWORD", PASSWORD.to_owned()),
        ("CHROMIUM", tool::path(chromium)?.display().to_string()),
        ("KEY_HASH", aws.key_hash()?),
        (
            "SCREENSHOTS",
            project.build("screenshots").display().to_string(),
        ),
    ];
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let script = ["run", "browser", "--workspace", "e2e", "--"];
    let file = format!("test/{file}.test.ts");
    let args = [&script[..], &[&file]].concat();
    let log = format!("browser-{}", file.replace('/', "-"));
    Web::prepare(&project, &quiet)?
        .npm(&log, &args, &environment, |_| {})?
        .success(&format!("web/e2e/{file}"))?;
    Ok(())
}

/// Applies the example once more, so that a browser on this machine reaches everything, and invites
/// a user.
fn reachable(deployment: &Deployment) -> Result<&'static Outputs> {
    static APPLIED: OnceLock<Result<Outputs>> = OnceLock::new();
    let applied = APPLIED.get_or_init(|| {
        let variables = site::variables(deployment.address(), deployment.outputs())?;
        let outputs = deployment.apply_with_all(&variables)?;
        let pool = outputs.string("user_pool_id")?;
        deployment.clients().invite(pool, INVITED, PASSWORD)?;
        Ok(outputs)
    });
    applied.as_ref().map_err(|error| anyhow!("{error:#}"))
}
