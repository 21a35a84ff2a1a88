//! Another team's repository: an empty folder whose one module block has a git source.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use acceptance_tests::deployment::Deployment;
use anyhow::{Context, Result, ensure};
use sandbox::{cancel, process, project::Project, terraform::Terraform};

/// Applies the module from a git source, uploads through it and destroys it.
#[test]
fn the_module_is_installed_from_git() -> Result<()> {
    cancel::on_signals()?;
    let outside = outside()?;
    let repository = snapshot(&Project::find()?, &outside.join("published"))?;
    let consumer = outside.join("consumer");
    fs::create_dir(&consumer)?;
    fs::write(consumer.join("main.tf"), configuration(&repository))?;

    let deployment = Deployment::apply("module-consumer", |project, aws, cli_config| {
        Terraform::new(project, "module-consumer", consumer, aws, cli_config)
    })?;
    let text = deployment.upload("grace@example.com", "from another repository")?;
    ensure!(text == "FROM ANOTHER REPOSITORY", "processed to {text:?}");
    deployment.destroy_leaves_nothing()?;
    Ok(fs::remove_dir_all(outside)?)
}

/// An empty folder that is not in the checkout. Always the same one: the path is in the
/// flags of the compilation, and another would compile every dependency anew.
fn outside() -> Result<PathBuf> {
    let folder = std::env::temp_dir().join("rustlambda-module-consumer");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// The checkout's files, committed or not, as a git repository of their own.
fn snapshot(project: &Project, folder: &Path) -> Result<PathBuf> {
    let git = |at: &Path, args: &[&str]| {
        let mut command = Command::new("git");
        command
            .args(args)
            .current_dir(at)
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let log = project.log(&format!("git-{}", args[0]));
        process::run(&mut command, &log, |_| {})?.success(&format!("git {}", args[0]))
    };
    let listed = git(
        project.root(),
        &["ls-files", "--cached", "--others", "--exclude-standard"],
    )?;
    for name in listed.stdout.lines() {
        let (from, to) = (project.root().join(name), folder.join(name));
        // A file that is deleted but still in the index is not there to copy.
        if from.is_file() {
            fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
            fs::copy(from, to)?;
        }
    }
    git(folder, &["init", "--quiet"])?;
    git(folder, &["add", "--all"])?;
    let author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    git(
        folder,
        &[&author[..], &["commit", "--quiet", "--message", "Publish"]].concat(),
    )?;
    Ok(folder.to_owned())
}

fn configuration(repository: &Path) -> String {
    format!(
        r#"
provider "aws" {{}}

module "uploads" {{
  source = "git::file://{}//modules/upload-pipeline"

  name                = "consumer"
  deletion_protection = false
  build               = {{ profile = "dev" }}
  sign_in             = {{
    callback_urls = ["http://localhost:3000/callback"]
    auth_flows    = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    self_sign_up  = true
  }}
}}

output "api_endpoint" {{
  value = module.uploads.api_endpoint
}}

output "user_pool_client_id" {{
  value = module.uploads.user_pool_client_id
}}

output "processed_bucket" {{
  value = module.uploads.processed_bucket
}}
"#,
        repository.display()
    )
}
