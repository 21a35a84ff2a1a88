//! `Cargo.lock`: which registry and git packages a binary uses, in which version and with which checksum.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::workspace::read;

/// A workspace's locked dependencies.
#[derive(Debug)]
pub(crate) struct Lockfile {
    path: PathBuf,
    packages: Vec<Locked>,
}

/// One package of the lock file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Locked {
    pub name: String,
    pub version: String,
    /// Registry or git address; none for a path.
    pub source: Option<String>,
    pub checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Locked>,
}

impl Locked {
    /// Its name and version.
    pub fn id(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

impl Lockfile {
    /// All of its packages.
    pub fn packages(&self) -> &[Locked] {
        &self.packages
    }

    /// The lock file's place in a workspace.
    pub fn path(workspace_root: &Path) -> PathBuf {
        workspace_root.join("Cargo.lock")
    }

    /// Reads a workspace's lock file; `None` where there is none.
    pub fn read(workspace_root: &Path) -> Result<Option<Self>> {
        let path = Self::path(workspace_root);
        let Some(text) = read::text_if_present(&path)? else {
            return Ok(None);
        };
        let file: File = toml::from_str(&text).map_err(Error::unparseable(&path))?;
        Ok(Some(Self {
            path,
            packages: file.package,
        }))
    }

    /// What a package on this disk uses: of its locked dependencies, those whose names are in
    /// `used`.
    pub fn direct<'a>(
        &'a self,
        name: &str,
        version: &str,
        used: &BTreeSet<String>,
    ) -> Result<Vec<&'a Locked>> {
        let stale = |dependency: &str| Error::LockStale {
            path: self.path.clone(),
            dependency: dependency.to_owned(),
            package: name.to_owned(),
        };
        let package = self
            .packages
            .iter()
            .find(|package| {
                package.name == name && package.version == version && package.source.is_none()
            })
            .ok_or_else(|| stale(&format!("{name} {version}")))?;
        let locked: Vec<_> = package
            .dependencies
            .iter()
            .filter_map(|id| self.get(id))
            .collect();
        if let Some(missing) = used
            .iter()
            .find(|name| !locked.iter().any(|package| package.name == **name))
        {
            return Err(stale(missing));
        }
        Ok(locked
            .into_iter()
            .filter(|package| used.contains(&package.name))
            .collect())
    }

    /// Everything that the given packages lead to, themselves included. What a package on this disk
    /// leads to stands in its manifest; the lock file lists with it what only its tests need.
    pub fn closure<'a>(&'a self, from: Vec<&'a Locked>) -> BTreeSet<&'a Locked> {
        let mut found = BTreeSet::new();
        let mut open = from;
        while let Some(package) = open.pop() {
            if found.insert(package) && package.source.is_some() {
                open.extend(package.dependencies.iter().filter_map(|id| self.get(id)));
            }
        }
        found
    }

    /// A package by cargo's shortest unambiguous form: `name`, `name version` or `name version
    /// (source)`.
    fn get(&self, id: &str) -> Option<&Locked> {
        let mut parts = id.splitn(3, ' ');
        let (name, version, source) = (parts.next()?, parts.next(), parts.next());
        let source = source.map(|source| source.trim_matches(['(', ')']));
        self.packages.iter().find(|package| {
            package.name == name
                && version.is_none_or(|version| package.version == version)
                && source.is_none_or(|source| package.source.as_deref() == Some(source))
        })
    }
}
