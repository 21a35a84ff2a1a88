//! The programs that must be on the machine, found and checked before they are needed.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};
use semver::Version;

/// A program, the oldest version that will do, and where to get it.
#[derive(Debug)]
pub struct Tool {
    /// Names to try on the PATH, best first.
    pub names: &'static [&'static str],
    /// The arguments that make it print its version.
    pub version_args: &'static [&'static str],
    /// The oldest version that will do.
    pub minimum: Version,
    /// What a user does to get it.
    pub install: &'static str,
}

/// Terraform 1.9: the first whose variable validation may refer to other objects.
pub const TERRAFORM: Tool = Tool {
    names: &["terraform"],
    version_args: &["version"],
    minimum: Version::new(1, 9, 0),
    install: "install it from https://developer.hashicorp.com/terraform/install",
};

/// Python 3.10: the oldest that the embedded AWS supports.
pub const PYTHON: Tool = Tool {
    names: &["python3", "python"],
    version_args: &["--version"],
    minimum: Version::new(3, 10, 0),
    install: "install it from https://www.python.org/downloads or with your system's packages \
              (on Debian also python3-venv)",
};

/// Chromium 116: the oldest that the site runs in.
pub const CHROMIUM: Tool = Tool {
    names: &["chromium", "chromium-browser", "google-chrome"],
    version_args: &["--version"],
    minimum: Version::new(116, 0, 0),
    install: "on Debian, apt-get install chromium fonts-dejavu-core",
};

impl Tool {
    /// The name under which the tool runs here.
    ///
    /// Fails, with what to do, when it is missing or too old.
    pub fn find(&self) -> Result<&'static str> {
        let mut too_old = None;
        for name in self.names {
            match self.version_of(name) {
                Some(version) if version >= self.minimum => return Ok(name),
                Some(version) => too_old = Some(version),
                None => {}
            }
        }
        let (name, minimum, install) = (self.names[0], &self.minimum, self.install);
        match too_old {
            Some(found) => bail!("{name} is {found}, and {minimum} or later is needed: {install}"),
            None => bail!("{name} {minimum} or later is not on the PATH: {install}"),
        }
    }

    fn version_of(&self, name: &str) -> Option<Version> {
        let output = Command::new(name)
            .args(self.version_args)
            .env_remove("TF_CLI_CONFIG_FILE")
            .output()
            .ok()?;
        first_version(&String::from_utf8_lossy(&output.stdout))
    }
}

/// Where a program is on the `PATH`.
pub fn path(name: &str) -> Result<PathBuf> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&search).map(|folder| folder.join(name));
    let mut found = found.filter(|path| path.is_file());
    found
        .next()
        .with_context(|| format!("{name} is not on the PATH"))
}

fn first_version(text: &str) -> Option<Version> {
    let word = text.split_whitespace().find(|word| word.contains('.'))?;
    // Chromium's have four numbers.
    let three: Vec<_> = word
        .trim_start_matches('v')
        .splitn(4, '.')
        .take(3)
        .collect();
    Version::parse(&three.join(".")).ok()
}

/// Finds `tool`, and says which step needs it when it is missing.
pub fn need(tool: &Tool, step: &str) -> Result<&'static str> {
    tool.find()
        .with_context(|| format!("{step} needs {}", tool.names[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_tools_print() {
        assert_eq!(
            first_version("Terraform v1.11.4\non linux_amd64"),
            Some(Version::new(1, 11, 4))
        );
        assert_eq!(first_version("Python 3.11.7"), Some(Version::new(3, 11, 7)));
        assert_eq!(
            first_version("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"),
            Some(Version::new(156, 0, 8078))
        );
        assert_eq!(first_version("no version here"), None);
    }

    #[test]
    fn a_missing_tool_is_named_with_the_way_to_get_it() {
        let tool = Tool {
            names: &["no-such-tool"],
            ..TERRAFORM
        };
        let error = tool.find().expect_err("it does not exist").to_string();
        assert!(
            error.contains("no-such-tool 1.9.0 or later is not on the PATH"),
            "{error}"
        );
        assert!(
            error.contains("https://developer.hashicorp.com/terraform/install"),
            "{error}"
        );
    }
}
