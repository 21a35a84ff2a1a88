//! The npm packages in `web/`, with a Node.js that brings no setup of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    Progress,
    process::{self, Finished},
    project::Project,
    python::Python,
    stage::copy_folder,
};

/// A copy of `web/` in the build folder, with the packages of its lock file installed.
#[derive(Debug)]
pub struct Web {
    project: Project,
    folder: PathBuf,
    node: Python,
    /// Held as long as somebody works in the copy.
    _lock: File,
}

impl Web {
    /// Brings the copy up to date, and installs packages when the lock file has changed.
    pub fn prepare(project: &Project, progress: Progress) -> Result<Self> {
        let node = Python::prepare_node(project, progress)?;
        let lock = File::create(project.build("web.lock"))?;
        lock.lock().context("cannot lock the copy of web/")?;
        let web = Self {
            node,
            folder: project.build("web"),
            project: project.clone(),
            _lock: lock,
        };
        fs::create_dir_all(&web.folder)?;
        let source = project.root().join("web");
        remove_sources(&web.folder)?;
        copy_folder(&source, &web.folder, is_made).context("cannot copy web/")?;

        let lock_file = fs::read(source.join("package-lock.json"))?;
        let installed = web.folder.join("node_modules/.installed");
        if fs::read(&installed).is_ok_and(|earlier| earlier == lock_file) {
            return Ok(web);
        }
        progress("installing packages");
        web.npm("web-packages", &["ci"], &[], |_| {})?
            .success("npm ci in web/")?;
        fs::write(installed, lock_file)?;
        Ok(web)
    }

    /// Builds the site, `web/site`, and gives the folder of its files.
    pub fn build_site(&self, progress: Progress) -> Result<PathBuf> {
        progress("building the site");
        self.npm("web-build", &["run", "build"], &[], |_| {})?
            .success("npm run build in web/")?;
        Ok(self.folder.join("site/dist"))
    }

    /// Runs npm with `args` and further environment variables; the log is named `log`.
    pub fn npm(
        &self,
        log: &str,
        args: &[&str],
        environment: &[(&str, &str)],
        on_line: impl FnMut(&str),
    ) -> Result<Finished> {
        let mut command = Command::new(self.node.program("npm"));
        command
            .args(args)
            .current_dir(&self.folder)
            .env("PATH", self.node.path()?)
            .env("NO_COLOR", "1")
            .envs(environment.iter().copied());
        process::run(&mut command, &self.project.log(log), on_line)
    }
}

/// Tells what npm and the build make.
fn is_made(name: &str) -> bool {
    matches!(name, "node_modules" | "dist")
}

/// Removes what an earlier version of the sources left, and keeps what was made.
fn remove_sources(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_made(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            remove_sources(&entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
