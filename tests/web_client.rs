//! The browser's client library against a user pool of `modules/user-pool`.

use std::fs;

use acceptance_tests::{clients::Clients, deployment::PASSWORD};
use anyhow::Result;
use sandbox::{
    cancel, embedded_aws::EmbeddedAws, project::Project, provider::CliConfig, python::Python,
    quiet, terraform::Terraform, web::Web,
};

/// Whom an administrator has invited, with a password that has to be replaced.
const INVITED: &str = "invited@example.com";

const CALLBACK: &str = "http://localhost:3000/callback";

/// The tests themselves are TypeScript, in `web/client/test/embedded`.
#[test]
fn the_web_client_signs_in_at_a_pool_of_the_module() -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    let web = Web::prepare(&project, &quiet)?;
    let python = Python::prepare(&project, &quiet)?;
    let cli_config = CliConfig::prepare(&project, &quiet)?;
    let aws = EmbeddedAws::start(&project, &python, None, &quiet)?;

    let folder = project.build("stages").join("web-client");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let module = project.root().join("modules/user-pool");
    fs::write(
        folder.join("main.tf"),
        configuration(&module.to_string_lossy()),
    )?;
    let terraform = Terraform::new(&project, "web-client", folder, aws.address(), &cli_config)?;
    terraform.init()?;
    terraform.apply(&quiet)?;
    let outputs = terraform.outputs()?;
    let pool = outputs.string("id")?;
    Clients::new(aws.address())?.invite(pool, INVITED, PASSWORD)?;

    let authorities = aws.address().authorities.display().to_string();
    let environment = [
        ("EMBEDDED_AWS", aws.address().endpoint()),
        ("NODE_EXTRA_CA_CERTS", authorities),
        ("USER_POOL_ID", pool.to_owned()),
        ("CLIENT_ID", outputs.string("client_id")?.to_owned()),
        ("CALLBACK", CALLBACK.to_owned()),
        ("INVITED", INVITED.to_owned()),
        ("PASSWORD", PASSWORD.to_owned()),
    ];
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    web.npm(
        "test-web-client",
        &["test", "--workspace", "client"],
        &environment,
        |_| {},
    )?
    .success("npm test of web/client on the embedded AWS")?;
    terraform.destroy(&quiet)
}

fn configuration(module: &str) -> String {
    format!(
        r#"
provider "aws" {{}}

module "users" {{
  source              = "{module}"
  name                = "web-client"
  domain_prefix       = "web-client"
  callback_urls       = ["{CALLBACK}"]
  self_sign_up        = true
  # The second, because the embedded AWS has no refresh token rotation, which the module turns on without it.
  auth_flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  deletion_protection = false
}}

output "id" {{
  value = module.users.id
}}

output "client_id" {{
  value = module.users.client_id
}}
"#
    )
}
