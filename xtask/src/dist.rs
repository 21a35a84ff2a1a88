//! `cargo xtask dist`: what a release brings along, so that who installs it needs no Node.js.

use std::fs;

use anyhow::{Context, Result};
use sandbox::{project::Project, stage, web::Web};

use crate::steps::step;

/// Where `examples/site` looks for the site's files.
const SITE: &str = "web/site/dist";

/// Builds the site into the checkout.
pub fn run(project: &Project) -> Result<()> {
    let built = step("Build of the site", |progress| {
        Web::prepare(project, progress)?.build_site(progress)
    })?;
    let folder = project.root().join(SITE);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot replace {}", folder.display()))?;
    }
    stage::copy_folder(&built, &folder, |_| false).context("cannot copy the site")?;
    println!("{}", folder.display());
    Ok(())
}
