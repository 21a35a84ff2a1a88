//! `examples/site` beside the demo's own deployment, for a person's browser.

use anyhow::Result;
use sandbox::{
    cognito, embedded_aws::Address, project::Project, provider::CliConfig, site, stage,
    terraform::Terraform, web::Web,
};

use crate::steps::step;

use super::{EMAIL, PASSWORD};

const NAME: &str = "demo-site";

/// Builds and deploys the site with a pipeline of its own, signs a user up, and gives the origin.
pub fn deploy(
    project: &Project,
    aws: &Address,
    cli_config: &CliConfig,
    profile: &str,
) -> Result<String> {
    step("Build of the site", |progress| {
        Web::prepare(project, progress)?.build_site(progress)
    })?;
    let folder = stage::example(project, NAME, "site")?;
    let terraform = Terraform::new(project, NAME, folder, aws, cli_config)?
        .variable("name", NAME)
        .variable("deletion_protection", false)
        .variable("build_profile", profile)
        .variable("auth_flows", site::AUTH_FLOWS);
    step("terraform init of the site", |_| terraform.init())?;
    let outputs = step("terraform apply of the site", |progress| {
        terraform.apply(progress)?;
        terraform.outputs()
    })?;
    let variables = site::variables(aws, &outputs)?.into_iter();
    let terraform = variables.fold(terraform, |terraform, (name, value)| {
        terraform.variable(name, value)
    });
    step(
        "terraform apply for a browser on this machine",
        |progress| terraform.apply(progress),
    )?;
    let client = outputs.string("user_pool_client_id")?;
    cognito::sign_up(aws, client, EMAIL, PASSWORD)?;
    site::origin(aws, &outputs)
}

/// Says how a browser gets there: no browser knows the authority of the embedded AWS.
pub fn print(aws: &Address, origin: &str) -> Result<()> {
    println!("\n# The site, with the same user: {origin}/");
    println!("# A browser of its own, which trusts this embedded AWS and keeps nothing:");
    println!(
        "chromium --user-data-dir=\"$(mktemp -d)\" --ignore-certificate-errors-spki-list={} {origin}/",
        aws.key_hash()?
    );
    println!(
        "# Or import its authority into your browser, which vouches for names below localhost alone: {}",
        aws.authority().display()
    );
    Ok(())
}
