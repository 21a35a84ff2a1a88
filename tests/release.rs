//! A team that publishes, and another that installs without sources or compiler.

use std::{cell::OnceCell, fs};

use acceptance_tests::deployment::{Deployment, PROFILE};
use anyhow::{Context, Result, ensure};
use sandbox::{cancel, quiet, stage, terraform::Terraform};
use serde_json::{Value, json};

/// Applies `examples/release`, then the pipeline with its releases where no compiler is to be
/// found, uploads through it, and destroys both.
#[test]
fn what_one_team_has_released_another_installs_without_a_compiler() -> Result<()> {
    cancel::on_signals()?;
    let publisher = OnceCell::new();
    let installed = Deployment::apply("release-consumer", |project, aws, cli_config| {
        let folder = stage::example(project, "test-release", "release")?;
        let published = Terraform::new(project, "release", folder.clone(), aws, cli_config)?
            .variable("name", "acceptance")
            .variable("deletion_protection", false)
            .variable("build_profile", PROFILE);
        published.init()?;
        published.apply(&quiet)?;
        ensure!(
            published.plan()?.is_empty(),
            "the second plan would publish again"
        );
        let outputs = published.outputs()?;
        let version = env!("CARGO_PKG_VERSION");
        let functions = [
            "upload-api",
            "upload-processor",
            "upload-receiver",
            "upload-reconciler",
        ];
        let versions = functions
            .map(|name| (name.to_owned(), json!([version])))
            .into_iter()
            .collect();
        ensure!(
            *outputs.value("versions")? == Value::Object(versions),
            "published {outputs:?}"
        );

        let folder = folder.with_file_name("consumer");
        fs::create_dir(&folder)?;
        fs::write(folder.join("main.tf"), CONSUMER)?;
        let consumer = Terraform::new(project, "release-consumer", folder, aws, cli_config)?
            .variable("release", outputs.value("release")?)
            .without_compiler()?;
        publisher.set(published).ok().context("applied once")?;
        Ok(consumer)
    })?;
    let text = installed.upload("grace@example.com", "without a compiler")?;
    ensure!(text == "WITHOUT A COMPILER", "processed to {text:?}");
    let build = &installed.outputs().value("functions")?["upload-api"]["build"];
    let version = concat!(env!("CARGO_PKG_VERSION"), "+");
    ensure!(
        build
            .as_str()
            .is_some_and(|build| build.starts_with(version)),
        "deployed {build}"
    );
    installed.second_plan_is_empty()?;
    installed.destroy()?;
    publisher.get().context("applied first")?.destroy(&quiet)?;
    installed.account_is_empty()
}

const CONSUMER: &str = r#"
provider "aws" {}

variable "release" {
  type = any
}

module "uploads" {
  source = "../../modules/upload-pipeline"

  name                = "consumer"
  deletion_protection = false
  release             = var.release
  sign_in             = {
    callback_urls = ["http://localhost:3000/callback"]
    auth_flows    = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    self_sign_up  = true
  }
}

output "api_endpoint" {
  value = module.uploads.api_endpoint
}

output "user_pool_client_id" {
  value = module.uploads.user_pool_client_id
}

output "processed_bucket" {
  value = module.uploads.processed_bucket
}

output "functions" {
  value = module.uploads.functions
}
"#;
