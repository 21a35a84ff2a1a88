//! Manifests as cargo understands them: workspaces, inheritance, and the targets that cargo finds
//! by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_toml::Manifest;

use crate::error::{Error, Result};

/// The file's name.
const MANIFEST: &str = "Cargo.toml";

/// A package on this disk, its manifest complete with what it inherits.
#[derive(Debug)]
pub(crate) struct Crate {
    /// The folder of its manifest, without symbolic links.
    pub dir: PathBuf,
    pub manifest: Manifest,
}

impl Crate {
    pub fn name(&self) -> &str {
        self.manifest
            .package
            .as_ref()
            .map_or("", |package| package.name.as_str())
    }

    pub fn version(&self) -> String {
        self.manifest
            .package
            .as_ref()
            .map_or_else(String::new, |package| package.version().to_string())
    }

    /// The names of its binaries, sorted.
    pub fn binaries(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .manifest
            .bin
            .iter()
            .filter_map(|bin| bin.name.clone())
            .collect();
        names.sort();
        names
    }
}

/// A workspace, or a package that is none's member and so its own workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder that holds `Cargo.lock`, without symbolic links.
    pub root: PathBuf,
    /// The root manifest, with inheritance not applied.
    pub manifest: Manifest,
    /// The root manifest as it is written.
    pub table: toml::Table,
}

impl Workspace {
    /// Finds the workspace of a manifest as cargo does: the manifest itself, `package.workspace`,
    /// or the nearest folder above whose manifest has a `[workspace]` that does not exclude it.
    pub fn of(manifest: &Path) -> Result<Self> {
        let own = Self::read(manifest)?;
        if own.manifest.workspace.is_some() {
            return Ok(own);
        }
        if let Some(named) = own
            .manifest
            .package
            .as_ref()
            .and_then(|package| package.workspace.as_deref())
        {
            return Self::read(&canonical(&own.root.join(named))?.join(MANIFEST));
        }
        for dir in own.root.ancestors().skip(1) {
            let candidate = dir.join(MANIFEST);
            if !candidate.is_file() {
                continue;
            }
            let found = Self::read(&candidate)?;
            if found.manifest.workspace.is_some() && !found.excludes(&own.root) {
                return Ok(found);
            }
        }
        Ok(own)
    }

    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
        let table = text.parse().map_err(Error::unparseable(path))?;
        let manifest = Manifest::from_str(&text).map_err(Error::unparseable(path))?;
        let root = path.parent().unwrap_or(Path::new("/")).to_owned();
        Ok(Self {
            root,
            manifest,
            table,
        })
    }

    pub fn manifest_path(&self) -> PathBuf {
        self.root.join(MANIFEST)
    }

    /// Whether the workspace says that a folder within it is none of its own.
    fn excludes(&self, dir: &Path) -> bool {
        self.manifest
            .workspace
            .iter()
            .flat_map(|workspace| &workspace.exclude)
            .any(|path| dir.starts_with(self.root.join(path)))
    }

    /// Loads the package of one folder of the workspace.
    fn load(&self, dir: &Path) -> Result<Crate> {
        let path = dir.join(MANIFEST);
        let text = std::fs::read(&path).map_err(Error::read(&path))?;
        let mut manifest = Manifest::from_slice(&text).map_err(Error::unparseable(&path))?;
        let root = self.manifest_path();
        let inherits_from = self
            .manifest
            .workspace
            .as_ref()
            .map(|_| (&self.manifest, root.as_path()));
        manifest
            .complete_from_path_and_workspace(&path, inherits_from)
            .map_err(Error::unparseable(&path))?;
        Ok(Crate {
            dir: dir.to_owned(),
            manifest,
        })
    }

    /// The workspace's packages by name: the root package, the members, and what their globs match.
    pub fn members(&self) -> Result<BTreeMap<String, Crate>> {
        let patterns = self
            .manifest
            .workspace
            .iter()
            .flat_map(|workspace| &workspace.members);
        let mut dirs = vec![self.root.clone()];
        for pattern in patterns {
            let pattern = glob::Pattern::escape(&self.root.display().to_string()) + "/" + pattern;
            let matches =
                glob::glob(&pattern).map_err(Error::unparseable(&self.manifest_path()))?;
            dirs.extend(matches.flatten().filter(|dir| dir.join(MANIFEST).is_file()));
        }
        let mut members = BTreeMap::new();
        for dir in dirs {
            let member = self.load(&canonical(&dir)?)?;
            if member.manifest.package.is_some() {
                members.insert(member.name().to_owned(), member);
            }
        }
        Ok(members)
    }
}

/// Loads the packages that path dependencies lead to, from whichever workspace they belong to.
pub(crate) struct Loader<'a> {
    workspace: &'a Workspace,
}

impl<'a> Loader<'a> {
    pub fn new(workspace: &'a Workspace) -> Self {
        Self { workspace }
    }

    /// Loads the package in `dir`, which may be written with `..` and symbolic links.
    pub fn load(&self, dir: &Path) -> Result<Crate> {
        let dir = canonical(dir)?;
        if dir.starts_with(&self.workspace.root) && !self.workspace.excludes(&dir) {
            return self.workspace.load(&dir);
        }
        Workspace::of(&dir.join(MANIFEST))?.load(&dir)
    }
}

/// The manifest that a request means, without symbolic links and `..`.
pub(crate) fn locate(requested: &Path) -> Result<PathBuf> {
    if requested.is_dir() {
        return Err(Error::ManifestIsDirectory {
            path: requested.to_owned(),
        });
    }
    // Resolved by the file system and not by the text: `link/..` is where the link leads, not where
    // it lies.
    match std::fs::canonicalize(requested) {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::ManifestMissing {
            path: requested.to_owned(),
        }),
        Err(error) => Err(Error::read(requested)(error)),
    }
}

fn canonical(path: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(path).map_err(Error::read(path))
}

/// Chooses the package that a request means.
pub(crate) fn choose_package(
    workspace: &Workspace,
    manifest: &Path,
    package: Option<&str>,
) -> Result<Crate> {
    let dir = manifest.parent().unwrap_or(Path::new("/"));
    let own = Loader::new(workspace).load(dir)?;
    match package {
        None if own.manifest.package.is_some() => Ok(own),
        Some(name) if own.name() == name => Ok(own),
        None => {
            let available = workspace.members()?.into_keys().collect();
            Err(Error::PackageNotChosen {
                manifest: manifest.to_owned(),
                available,
            })
        }
        Some(name) => {
            let mut members = workspace.members()?;
            members.remove(name).ok_or_else(|| Error::PackageUnknown {
                package: name.to_owned(),
                manifest: workspace.manifest_path(),
                available: members.into_keys().collect(),
            })
        }
    }
}

/// Chooses the binary that a request means: by name, by `default-run`, or because it is the only
/// one.
pub(crate) fn choose_binary(package: &Crate, binary: Option<&str>) -> Result<String> {
    let available = package.binaries();
    let default = package
        .manifest
        .package
        .as_ref()
        .and_then(|package| package.default_run.as_deref());
    match (binary.or(default), available.as_slice()) {
        (Some(name), _) if available.iter().any(|known| known == name) => Ok(name.to_owned()),
        (_, []) => Err(Error::NoBinary {
            package: package.name().to_owned(),
        }),
        (Some(name), _) => Err(Error::BinaryUnknown {
            package: package.name().to_owned(),
            binary: name.to_owned(),
            available,
        }),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Error::BinaryNotChosen {
            package: package.name().to_owned(),
            available,
        }),
    }
}

/// The version of the package that a manifest describes, also where it is inherited.
pub fn crate_version(manifest: &Path) -> Result<String> {
    let manifest = locate(manifest)?;
    let workspace = Workspace::of(&manifest)?;
    Ok(choose_package(&workspace, &manifest, None)?.version())
}
