//! `terraform test` in every module that has tests.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use sandbox::{Progress, project::Project, provider::CliConfig, stage, terraform::Terraform};

use super::Tally;

/// Tests a copy of each module with mocked providers; no AWS is needed.
pub fn run(project: &Project, progress: Progress) -> Result<Tally> {
    let cli_config = CliConfig::prepare(project, progress)?;
    let copy = stage::modules(project)?;
    let mut total = Tally::default();
    for module in modules_with_tests(copy)? {
        let name = module
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        progress(&name);
        // Mocked providers call nobody.
        let log = format!("module-{name}");
        let terraform = Terraform::without_aws(project, &log, module, &cli_config)?;
        terraform.init()?;
        let mut tally = Tally::default();
        let finished = terraform.run("test", &["-no-color"], |line| tally.read_terraform(line))?;
        let tally = tally.close(&finished, &format!("terraform test of modules/{name}"))?;
        ensure!(
            tally.passed + tally.failed > 0,
            "modules/{name}/tests ran no test"
        );
        total += tally;
    }
    Ok(total)
}

fn modules_with_tests(folder: PathBuf) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("tests").is_dir() {
            modules.push(path);
        }
    }
    modules.sort();
    Ok(modules)
}
