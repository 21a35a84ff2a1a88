//! Git repositories that others would have: of this project, and of a team that uses it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use sandbox::{
    process::{self, Finished},
    project::Project,
};

/// An empty folder that is not in the checkout. Always the same one of that name: the path is in
/// the flags of the compilation, and another would compile every dependency anew.
pub fn outside(name: &str) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("rustlambda-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// The files of a folder of the checkout, committed or not, as a git repository of their own.
///
/// `edit` may change a file's text, by its path in the folder.
pub fn publish(
    project: &Project,
    from: &Path,
    to: &Path,
    edit: impl Fn(&str, String) -> Result<String>,
) -> Result<()> {
    let args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = git(project, from, &args)?;
    for name in listed.stdout.lines() {
        let (source, copy) = (from.join(name), to.join(name));
        // A file that is deleted but still in the index is not there to copy.
        if !source.is_file() {
            continue;
        }
        fs::create_dir_all(copy.parent().context("a file is in a folder")?)?;
        match String::from_utf8(fs::read(&source)?) {
            Ok(text) => fs::write(copy, edit(name, text)?)?,
            Err(_) => drop(fs::copy(source, copy)?),
        }
    }
    git(project, to, &["init", "--quiet"])?;
    commit(project, to)
}

/// Commits everything in the repository.
pub fn commit(project: &Project, repository: &Path) -> Result<()> {
    git(project, repository, &["add", "--all"])?;
    let author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    let args = [&author[..], &["commit", "--quiet", "--message", "Publish"]].concat();
    git(project, repository, &args).map(drop)
}

/// Runs git in that folder, without the configuration of whoever runs the tests.
pub fn git(project: &Project, at: &Path, args: &[&str]) -> Result<Finished> {
    let mut command = Command::new("git");
    command
        .args(args)
        .current_dir(at)
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    let log = project.log(&format!("git-{}", args[0]));
    process::run(&mut command, &log, |_| {})?.success(&format!("git {}", args[0]))
}
