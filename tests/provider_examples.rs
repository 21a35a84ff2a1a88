//! The examples of the provider's documentation, each applied by itself.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use acceptance_tests::drift;
use anyhow::{Context, Result, ensure};
use sandbox::{
    cancel, embedded_aws::EmbeddedAws, project::Project, provider::CliConfig, python::Python,
    quiet, terraform::Terraform,
};

/// In this order on one embedded AWS, so that a data source finds what a resource has published.
const KINDS: [&str; 3] = ["resources", "data-sources", "functions"];

#[test]
fn every_example_of_the_documentation_applies() -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    let python = Python::prepare(&project, &quiet)?;
    let cli_config = CliConfig::prepare(&project, &quiet)?;
    let aws = EmbeddedAws::start(&project, &python, None, &quiet)?;
    let examples = project.root().join("provider/rustlambda/examples");
    for kind in KINDS {
        for example in sorted(&examples.join(kind))? {
            let name = file_name(&example)?;
            let log = format!("documentation-{kind}-{name}");
            let folder = stage(&project, &examples, &example, &log)?;
            let terraform = Terraform::new(&project, &log, folder, aws.address(), &cli_config)?;
            terraform.init()?;
            terraform
                .apply(&quiet)
                .with_context(|| format!("the example of {name} ({kind})"))?;
            let changes = drift::unexcused(terraform.plan()?);
            ensure!(
                changes.is_empty(),
                "{name} ({kind}) would change {changes:#?}"
            );
        }
    }
    Ok(())
}

/// Copies an example to the build folder, with the providers that it needs and the crate that it
/// packages.
fn stage(project: &Project, examples: &Path, example: &Path, name: &str) -> Result<PathBuf> {
    let stage = project.build("stages").join(name);
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    fs::create_dir_all(&stage)?;
    for file in sorted(example)? {
        fs::copy(&file, stage.join(file_name(&file)?))?;
    }
    fs::copy(
        examples.join("provider/provider.tf"),
        stage.join("provider.tf"),
    )?;
    symlink(examples.join("hello"), stage.join("hello"))?;
    Ok(stage)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> Result<&str> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.with_context(|| format!("{} has no name", path.display()))
}
