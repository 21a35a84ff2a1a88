//! Manifests as cargo understands them: workspaces, inheritance, and the targets that cargo finds
//! by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_toml::{Dependency, Manifest};

use crate::error::{Error, Result};
use crate::workspace::read;

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

    /// Its dependencies of every kind and target, with their keys.
    pub fn declarations(&self) -> impl Iterator<Item = (&String, &Dependency)> {
        let manifest = &self.manifest;
        let own = [
            &manifest.dependencies,
            &manifest.build_dependencies,
            &manifest.dev_dependencies,
        ];
        let targets = manifest.target.values().flat_map(|target| {
            [
                &target.dependencies,
                &target.build_dependencies,
                &target.dev_dependencies,
            ]
        });
        own.into_iter().chain(targets).flatten()
    }

    /// Whether a dependency of any kind and target is not on this disk.
    pub fn names_registry(&self) -> bool {
        let on_disk = |one: &Dependency| one.detail().is_some_and(|detail| detail.path.is_some());
        self.declarations().any(|(_, one)| !on_disk(one))
    }

    /// The dependency of a key.
    pub fn declaration(&self, key: &str) -> Option<&Dependency> {
        self.declarations()
            .find_map(|(name, one)| (name == key).then_some(one))
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
        let text = read::text(path)?;
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

    /// Whether the workspace says that a folder within it is none of its own. Cargo takes
    /// `exclude` as folders without patterns, and what `members` names literally is a member all
    /// the same (`WorkspaceRootConfig::is_excluded`).
    fn excludes(&self, dir: &Path) -> bool {
        let below = |paths: &[String]| {
            paths
                .iter()
                .any(|path| dir.starts_with(self.root.join(path)))
        };
        let workspace = self.manifest.workspace.as_ref();
        workspace.is_some_and(|workspace| below(&workspace.exclude) && !below(&workspace.members))
    }

    /// The folders that patterns of the root manifest match and that hold a package.
    fn matching(&self, patterns: &[String]) -> Result<Vec<PathBuf>> {
        let mut dirs = Vec::new();
        for pattern in patterns {
            let pattern = glob::Pattern::escape(&self.root.display().to_string()) + "/" + pattern;
            let matches =
                glob::glob(&pattern).map_err(Error::unparseable(&self.manifest_path()))?;
            let packages = matches.flatten().filter(|dir| dir.join(MANIFEST).is_file());
            dirs.extend(
                packages
                    .map(|dir| canonical(&dir))
                    .collect::<Result<Vec<_>>>()?,
            );
        }
        Ok(dirs)
    }

    /// The only package that `default-members` names, if it names one.
    fn only_default(&self) -> Result<Option<Crate>> {
        let workspace = self.manifest.workspace.as_ref();
        let patterns = workspace.map_or(&[][..], |workspace| &workspace.default_members);
        match self.matching(patterns)?.as_slice() {
            [only] => self.load(only).map(Some),
            _ => Ok(None),
        }
    }

    /// Loads the package of one folder of the workspace.
    fn load(&self, dir: &Path) -> Result<Crate> {
        let path = dir.join(MANIFEST);
        let text = read::text(&path)?;
        let mut manifest = Manifest::from_str(&text).map_err(Error::unparseable(&path))?;
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

    /// The workspace's packages by name, as cargo finds them: the root package, what the globs of
    /// `members` match, and the path dependencies of these within the workspace's folder.
    pub fn members(&self) -> Result<BTreeMap<String, Crate>> {
        let workspace = self.manifest.workspace.as_ref();
        let patterns = workspace.map_or(&[][..], |workspace| &workspace.members);
        let mut open = self.matching(patterns)?;
        open.push(self.root.clone());
        let (mut members, mut seen) = (BTreeMap::new(), BTreeSet::new());
        while let Some(dir) = open.pop() {
            if self.excludes(&dir) || !seen.insert(dir.clone()) {
                continue;
            }
            let member = self.load(&dir)?;
            let paths = member
                .declarations()
                .filter_map(|(_, one)| one.detail()?.path.as_ref());
            let paths = paths.filter_map(|path| dir.join(path).canonicalize().ok());
            open.extend(paths.filter(|path| path.starts_with(&self.root)));
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
        None => match workspace.only_default()? {
            Some(package) => Ok(package),
            None => Err(Error::PackageNotChosen {
                manifest: manifest.to_owned(),
                available: workspace.members()?.into_keys().collect(),
            }),
        },
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

/// Returns the version of a package, also where it is inherited: of the manifest's own, or of the
/// given one in its workspace.
pub fn crate_version(manifest: &Path, package: Option<&str>) -> Result<String> {
    let manifest = locate(manifest)?;
    let workspace = Workspace::of(&manifest)?;
    Ok(choose_package(&workspace, &manifest, package)?.version())
}
