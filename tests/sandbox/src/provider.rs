//! Builds the provider and tells Terraform where it and the AWS provider are.

use std::{
    env::consts,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{Progress, cargo, project::Project};

const BINARY: &str = "terraform-provider-rustlambda";
const VERSION: &str = env!("CARGO_PKG_VERSION");
const OURS: &str = "rustlambda/rustlambda";
const AWS: &str = "hashicorp/aws";
const REGISTRY: &str = "registry.terraform.io";

/// A Terraform CLI configuration file that finds every provider the project uses.
#[derive(Debug)]
pub struct CliConfig {
    path: PathBuf,
}

impl CliConfig {
    /// Compiles the provider, puts it into a filesystem mirror in the build folder and
    /// writes the configuration.
    ///
    /// The AWS provider comes from a mirror that is on the machine, and from the registry
    /// otherwise, through a cache in the build folder.
    pub fn prepare(project: &Project, progress: Progress) -> Result<Self> {
        let binary = compile(project, progress)?;
        let mirror = project.build("provider-mirror");
        let version = mirror
            .join(REGISTRY)
            .join(OURS)
            .join(VERSION)
            .join(platform());
        fs::create_dir_all(&version)?;
        let installed = version.join(format!("{BINARY}_v{VERSION}"));
        let partial = version.with_extension(format!("{}.partial", std::process::id()));
        fs::copy(&binary, &partial)
            .with_context(|| format!("cannot copy the provider from {}", binary.display()))?;
        fs::rename(&partial, &installed)?;

        let path = project.build("terraform.tfrc");
        fs::write(&path, cli_config(project, &mirror)?)?;
        Ok(Self { path })
    }

    /// The file for `TF_CLI_CONFIG_FILE`.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The text of a Terraform CLI configuration whose mirror `ours` holds this project's provider.
pub fn cli_config(project: &Project, ours: &Path) -> Result<String> {
    let cache = project.build("provider-cache");
    fs::create_dir_all(&cache)?;
    Ok(render(ours, machine_mirror().as_deref(), &cache))
}

/// Compiles the provider and gives the executable's path.
///
/// For the whole workspace, though it makes one binary: so the dependencies have the
/// features that the tests compile them with, and are compiled once.
fn compile(project: &Project, progress: Progress) -> Result<PathBuf> {
    let args = ["build", "--workspace", "--bin", BINARY];
    cargo::run(project, "provider-build", &args, progress, |_| {})?
        .success("building the provider")?;
    Ok(project.target().join("debug").join(BINARY))
}

/// The platform's name as Terraform's mirrors spell it, such as `linux_amd64`.
fn platform() -> String {
    let os = if consts::OS == "macos" {
        "darwin"
    } else {
        consts::OS
    };
    let architecture = match consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}_{architecture}")
}

/// A mirror on this machine that holds the AWS provider: one of Terraform's implied local
/// mirrors, or a folder of add-on software under `/opt` (Filesystem Hierarchy Standard 3.13).
fn machine_mirror() -> Option<PathBuf> {
    let home = |rest: &str| std::env::home_dir().map(|home| home.join(rest));
    let data_home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data_dirs = std::env::var_os("XDG_DATA_DIRS")
        .filter(|dirs| !dirs.is_empty())
        .unwrap_or_else(|| OsString::from("/usr/local/share:/usr/share"));
    let implied = home(".terraform.d/plugins")
        .into_iter()
        .chain(
            data_home
                .or_else(|| home(".local/share"))
                .map(|dir| dir.join("terraform/plugins")),
        )
        .chain(std::env::split_paths(&data_dirs).map(|dir| dir.join("terraform/plugins")));
    let add_ons = fs::read_dir("/opt")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    implied
        .chain(add_ons)
        .find(|mirror| mirror.join(REGISTRY).join(AWS).is_dir())
}

fn render(ours: &Path, aws: Option<&Path>, cache: &Path) -> String {
    let mirror = |path: &Path, provider: &str| {
        format!(
            "  filesystem_mirror {{\n    path    = {:?}\n    include = [{provider:?}]\n  }}\n",
            path.display().to_string()
        )
    };
    let (aws_mirror, elsewhere) = match aws {
        Some(path) => (mirror(path, AWS), format!("[{OURS:?}, {AWS:?}]")),
        None => (String::new(), format!("[{OURS:?}]")),
    };
    let cached = match aws {
        Some(_) => String::new(),
        None => format!("plugin_cache_dir   = {:?}\n", cache.display().to_string()),
    };
    format!(
        "disable_checkpoint = true\n{cached}\nprovider_installation {{\n{}{aws_mirror}  direct {{\n    exclude = {elsewhere}\n  }}\n}}\n",
        mirror(ours, OURS)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_comes_from_the_mirror_when_there_is_one() {
        let with = render(Path::new("/m"), Some(Path::new("/a")), Path::new("/c"));
        assert!(
            with.contains(r#"exclude = ["rustlambda/rustlambda", "hashicorp/aws"]"#),
            "{with}"
        );
        let without = render(Path::new("/m"), None, Path::new("/c"));
        assert!(
            without.contains(r#"exclude = ["rustlambda/rustlambda"]"#),
            "{without}"
        );
        assert!(
            without.contains(r#"plugin_cache_dir   = "/c""#),
            "{without}"
        );
    }
}
