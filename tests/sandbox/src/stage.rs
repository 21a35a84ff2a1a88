//! A copy of an example in the build folder, where Terraform may write.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::project::Project;

/// Copies `examples/<example>` to `<build>/stages/<name>/examples/<example>`,
/// with the checkout's `modules` and `lambdas` beside it so that relative paths hold, and as `web`
/// what [`crate::web::Web`] builds.
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
    symlink(project.build("web"), stage.join("web"))?;
    let source = project.root().join("examples").join(example);
    copy_folder(&source, &copy, is_left_by_terraform)
        .with_context(|| format!("cannot copy the example {}", source.display()))?;
    Ok(copy)
}

/// Copies all modules with their tests to `<build>/stages/modules`, and gives that path.
pub fn modules(project: &Project) -> Result<PathBuf> {
    let copy = project.build("stages").join("modules");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    copy_folder(&project.root().join("modules"), &copy, is_left_by_terraform)
        .context("cannot copy the modules")?;
    Ok(copy)
}

/// Tells the files of somebody who worked there: plugins, locks, state and values of variables.
fn is_left_by_terraform(name: &str) -> bool {
    let left = [".terraform", ".tfstate", ".tfvars"];
    left.iter().any(|part| name.contains(part))
}

/// Copies all files and folders but those whose name is `left_out`.
pub fn copy_folder(from: &Path, to: &Path, left_out: fn(&str) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().context("an entry has a name")?;
        if left_out(&name.to_string_lossy()) {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &to.join(name), left_out)?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_a_folder_without_what_terraform_left_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        for name in [
            "main.tf",
            "page/assets/app.js",
            "page/.well-known/security.txt",
            ".terraform/providers/plugin",
            ".terraform.lock.hcl",
            "terraform.tfstate.backup",
            "mine.auto.tfvars.json",
        ] {
            let path = from.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, name).expect("a file");
        }
        copy_folder(&from, &to, is_left_by_terraform).expect("copied");
        for (name, there) in [
            ("main.tf", true),
            ("page/assets/app.js", true),
            ("page/.well-known/security.txt", true),
            (".terraform", false),
            (".terraform.lock.hcl", false),
            ("terraform.tfstate.backup", false),
            ("mine.auto.tfvars.json", false),
        ] {
            assert_eq!(to.join(name).exists(), there, "{name}");
        }
    }
}
