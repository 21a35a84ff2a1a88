//! Cargo's and rustup's configuration, as far as it belongs to the sources and not to the machine.
//!
//! A developer's `~/.cargo/config.toml` and shell must not change what is deployed. So only the
//! files in the workspace's own folder count: whatever is checked out, they are.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use cargo_platform::Platform;

use crate::error::{Error, Result};
use crate::request::Architecture;
use crate::workspace::closure::cfgs;
use crate::workspace::git::repository_of;
use crate::workspace::read;

/// Cargo and rustup prefer the names without an ending.
const CONFIG: [&str; 2] = [".cargo/config", ".cargo/config.toml"];
const TOOLCHAIN: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// The checked-out configuration of a workspace.
#[derive(Debug)]
pub(crate) struct Config {
    /// `.cargo/config.toml`, followed by what it includes, each with the folder that paths in it
    /// start from.
    files: Vec<(PathBuf, toml::Table)>,
    /// `rust-toolchain.toml` or `rust-toolchain`.
    pub toolchain: Option<String>,
    /// Such files between the workspace's folder and the repository's: cargo and rustup read them
    /// there, and a build does not.
    pub ineffective: Vec<PathBuf>,
}

impl Config {
    /// Reads what is in the workspace's folder.
    pub fn read(workspace_root: &Path) -> Result<Self> {
        let mut config = Self {
            files: Vec::new(),
            toolchain: first_of(workspace_root, &TOOLCHAIN)
                .map(|path| read::text(&path))
                .transpose()?,
            ineffective: ineffective(workspace_root),
        };
        if let Some(path) = first_of(workspace_root, &CONFIG) {
            let text = read::text(&path)?;
            config.add(workspace_root, &[&path], &text)?;
        }
        Ok(config)
    }

    /// Adds the last file of `chain`, which the one before it includes, of the configuration in
    /// `dir`, and what it includes itself ("Including extra configuration files" in the Cargo book).
    fn add(&mut self, dir: &Path, chain: &[&Path], text: &str) -> Result<()> {
        let Some(path) = chain.last() else {
            return Ok(());
        };
        let file: toml::Table = text.parse().map_err(Error::unparseable(path))?;
        let includes = file.get("include").map(includes).unwrap_or_default();
        self.files.push((dir.to_owned(), file));
        // What is included last wins over what is before it.
        for (included, optional) in includes.into_iter().rev() {
            let included = path.with_file_name(included);
            // Without `..`, by which one file has many names.
            let included = included.canonicalize().unwrap_or(included);
            if chain.contains(&&*included) {
                let reason = format!("it includes {}, which leads to it", included.display());
                return Err(Error::unparseable(path)(reason));
            }
            let text = match optional {
                true => read::text_if_present(&included)?,
                false => Some(read::text(&included)?),
            };
            if let Some(text) = text {
                // Paths start from the folder above the file's own.
                let base = included.parent().and_then(Path::parent).unwrap_or(dir);
                self.add(base, &[chain, &[&included]].concat(), &text)?;
            }
        }
        Ok(())
    }

    /// The configuration files, what wins last, with the folder that paths in them start from.
    pub fn tables(&self) -> impl Iterator<Item = (&Path, &toml::Table)> {
        let files = self.files.iter().rev();
        files.map(|(dir, file)| (dir.as_path(), file))
    }

    /// The `[patch]` tables, what wins last, with the folder that paths in them start from.
    pub fn patches(&self) -> impl Iterator<Item = (&Path, &toml::Value)> {
        self.tables()
            .filter_map(|(dir, file)| Some((dir, file.get("patch")?)))
    }

    /// The folders of vendored packages.
    pub fn vendored(&self) -> impl Iterator<Item = PathBuf> {
        let sources = self.tables().filter_map(|(dir, file)| {
            let sources = file.get("source")?.as_table()?;
            Some((dir, sources.values()))
        });
        sources.flat_map(|(dir, sources)| {
            let folders = sources.filter_map(|source| source.get("directory")?.as_str());
            folders.map(move |folder| dir.join(folder))
        })
    }

    /// The names of the profiles that the configuration defines.
    pub fn profiles(&self) -> impl Iterator<Item = &String> {
        self.tables()
            .filter_map(|(_, file)| file.get("profile")?.as_table())
            .flat_map(toml::Table::keys)
    }

    /// The flags for rustc of every matching `[target]` table.
    pub fn target_rustflags(&self, architecture: Architecture) -> Vec<String> {
        let applies = |key: &str| {
            Platform::from_str(key)
                .is_ok_and(|platform| platform.matches(architecture.target(), &cfgs(architecture)))
        };
        let mut flags = Vec::new();
        let targets = self
            .tables()
            .filter_map(|(_, file)| file.get("target")?.as_table());
        for target in targets {
            for (_, settings) in target.iter().filter(|(key, _)| applies(key)) {
                flags.extend(settings.get("rustflags").map(words).unwrap_or_default());
            }
        }
        flags
    }

    /// The flags for rustc of every build.
    pub fn build_rustflags(&self) -> Vec<String> {
        let builds = self
            .tables()
            .filter_map(|(_, file)| file.get("build")?.get("rustflags"));
        builds.flat_map(words).collect()
    }
}

/// The files that a configuration includes, and whether each may be missing. Cargo takes one path,
/// or a list of paths and tables.
fn includes(value: &toml::Value) -> Vec<(String, bool)> {
    let one = |value: &toml::Value| {
        let path = value.get("path").unwrap_or(value).as_str()?.to_owned();
        let optional = value.get("optional").and_then(toml::Value::as_bool);
        Some((path, optional.unwrap_or(false)))
    };
    match value {
        toml::Value::Array(items) => items.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

/// A list of words, or one string of them, as cargo allows both.
fn words(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        toml::Value::Array(items) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// The first of the named files that is in `dir`.
fn first_of(dir: &Path, names: &[&str]) -> Option<PathBuf> {
    let mut paths = names.iter().map(|name| dir.join(name));
    paths.find(|path| path.is_file())
}

/// The configuration and toolchain files above the workspace's folder, up to the repository's.
fn ineffective(workspace_root: &Path) -> Vec<PathBuf> {
    let repository = repository_of(workspace_root).unwrap_or(workspace_root);
    let above = workspace_root.ancestors().skip(1);
    let above = above.take_while(|dir| dir.starts_with(repository));
    above
        .flat_map(|dir| [first_of(dir, &CONFIG), first_of(dir, &TOOLCHAIN)])
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_files_above_the_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("rust-toolchain", "above the repository");
        write("repository/.git", "gitdir: elsewhere");
        write("repository/rust-toolchain.toml", "");
        write("repository/a/.cargo/config.toml", "[profile.above]\n");
        write(
            "repository/a/workspace/.cargo/config.toml",
            "[profile.own]\n",
        );
        let repository = folder.path().join("repository");
        let config = Config::read(&repository.join("a/workspace")).unwrap();
        let profiles: Vec<_> = config.profiles().collect();
        assert_eq!(profiles, ["own"]);
        assert_eq!(config.toolchain, None);
        let above = ["a/.cargo/config.toml", "rust-toolchain.toml"];
        assert_eq!(config.ineffective, above.map(|path| repository.join(path)));
    }
}
