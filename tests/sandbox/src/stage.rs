//! A copy of an example in the build folder, where Terraform may write.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::project::Project;

/// Copies the configuration (`.tf` and `.json` files) of `examples/<example>` to `<build>/stages/<name>/examples/<example>`,
/// with the checkout's `modules` and `lambdas` beside it so that relative paths hold.
///
/// What an earlier run left there is removed. Gives the copy's path.
pub fn example(project: &Project, name: &str, example: &str) -> Result<PathBuf> {
    let stage = project.build("stages").join(name);
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    let copy = stage.join("examples").join(example);
    fs::create_dir_all(&stage)?;
    for folder in ["lambdas", "modules"] {
        symlink(project.root().join(folder), stage.join(folder))?;
    }
    let source = project.root().join("examples").join(example);
    copy_configuration(&source, &copy)
        .with_context(|| format!("cannot copy the example {}", source.display()))?;
    Ok(copy)
}

/// Copies all modules with their tests to `<build>/stages/modules`, and gives that path.
pub fn modules(project: &Project) -> Result<PathBuf> {
    let copy = project.build("stages").join("modules");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    for entry in fs::read_dir(project.root().join("modules"))? {
        let module = entry?.path();
        let to = copy.join(module.file_name().context("a folder has a name")?);
        for folder in ["", "tests"]
            .iter()
            .filter(|folder| module.join(folder).is_dir())
        {
            copy_configuration(&module.join(folder), &to.join(folder))
                .with_context(|| format!("cannot copy the module {}", module.display()))?;
        }
    }
    Ok(copy)
}

fn copy_configuration(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "tf" || extension == "hcl" || extension == "json")
        {
            fs::copy(
                &path,
                to.join(path.file_name().context("a file has a name")?),
            )?;
        }
    }
    Ok(())
}
