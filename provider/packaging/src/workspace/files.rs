//! Which files of a package can change a binary that it is part of:
//!
//! 1. what cargo itself would package, by `package.include` and `package.exclude`, without other
//!    targets than the binary and the library;
//! 2. of that, what git tracks or does not ignore;
//! 3. whatever an `include_str!`, `include_bytes!`, `include!` or `#[path]` in a counted file
//!    names, wherever in the workspace it lies.
//!
//! What editors and systems leave never counts, nor README, CHANGELOG and LICENSE unless they are
//! included so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_toml::{OptionalFile, Product};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::WalkDir;

use crate::error::{Error, Result};
use crate::workspace::git::Ignores;
use crate::workspace::includes;
use crate::workspace::litter;
use crate::workspace::manifest::Crate;
use crate::workspace::untracked::Untracked;

pub(crate) use crate::workspace::litter::is_terraform_plan;

/// The rules by which a package's files count for one binary.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    dir: PathBuf,
    workspace_root: PathBuf,
    /// The sources that cargo compiles, whatever the rules say.
    own: Vec<PathBuf>,
    /// The files and folders that belong only to other targets.
    foreign: Vec<PathBuf>,
    /// `package.include`, where it is set, and `package.exclude`.
    include: Option<Gitignore>,
    exclude: Gitignore,
}

impl Files {
    /// Reads the rules of a package. `binary` is one of its binaries, if that is to be built.
    pub fn of(package: &Crate, workspace_root: &Path, binary: Option<&str>) -> Result<Self> {
        let lists = package.manifest.package.as_ref();
        let include = lists.map_or(&[][..], |package| package.include());
        let exclude = lists.map_or(&[][..], |package| package.exclude());
        let include = (!include.is_empty()).then(|| patterns(package, include));
        let own = own_sources(package, binary);
        Ok(Self {
            dir: package.dir.clone(),
            workspace_root: workspace_root.to_owned(),
            foreign: foreign_sources(package, binary, &own),
            own,
            include: include.transpose()?,
            exclude: patterns(package, exclude)?,
        })
    }

    /// Lists the files that count: path as seen from the package, written with `/` → path on this
    /// disk.
    pub fn list(&self) -> Result<BTreeMap<String, PathBuf>> {
        let mut ignores = Ignores::of(&self.dir, &self.workspace_root);
        let walk = WalkDir::new(&self.dir).follow_links(true).into_iter();
        let walk = walk.filter_entry(|entry| {
            let is_dir = entry.file_type().is_dir();
            entry.depth() == 0 || self.rule(entry.path(), is_dir, &mut ignores).is_none()
        });
        // What cannot be read (a link that leads nowhere, as some editors leave) cannot be compiled
        // either.
        let entries = walk.flatten().filter(|entry| entry.file_type().is_file());
        let walked = entries.map(|entry| entry.into_path());
        let own = self.own.iter().filter(|path| path.is_file()).cloned();
        let named = |path: PathBuf| (relative(&self.dir, &path), path);
        let mut files: BTreeMap<_, _> = walked.chain(own).map(named).collect();
        let included = includes::included(&files, &self.dir, &self.workspace_root)?;
        files.extend(included.into_iter().map(named));
        Ok(files)
    }

    /// The rule by which a file or folder of the package does not count; `None` if it counts.
    fn rule(&self, path: &Path, is_dir: bool, ignores: &mut Ignores) -> Option<Untracked> {
        if path == self.dir.join("Cargo.toml") {
            return None;
        }
        if self.foreign.iter().any(|foreign| path.starts_with(foreign)) {
            return Some(Untracked::OtherTarget);
        }
        if litter::is_litter(path) {
            return Some(Untracked::Litter);
        }
        if is_configuration(path, &self.dir) {
            return Some(Untracked::Configuration);
        }
        if is_dir {
            if path == self.dir.join("target") || path.join("CACHEDIR.TAG").exists() {
                return Some(Untracked::BuildOutput);
            }
            if path.join("Cargo.toml").exists() {
                return Some(Untracked::OtherPackage);
            }
        } else if litter::is_document(path) {
            return Some(Untracked::Document);
        }
        match &self.include {
            // As in cargo, patterns are about files, and take the place of `.gitignore`.
            Some(include) => {
                let named = is_dir || within(include, path, &self.dir, is_dir);
                (!named).then_some(Untracked::NotIncluded)
            }
            None if within(&self.exclude, path, &self.dir, is_dir) => Some(Untracked::Excluded),
            None => ignores.ignored_by(path, is_dir).map(Untracked::Ignored),
        }
    }
}

/// Returns why a file that was compiled in does not count for a binary of the given packages.
pub(crate) fn untracked(packages: &[Files], path: &Path) -> Untracked {
    let holds = |files: &&Files| path.starts_with(&files.dir);
    let nearest = packages.iter().filter(holds);
    let Some(files) = nearest.max_by_key(|files| files.dir.components().count()) else {
        let mut roots = packages.iter().map(|files| &files.workspace_root);
        return match roots.find(|root| path.starts_with(root)) {
            Some(_) => Untracked::OtherPackage,
            None => Untracked::Outside,
        };
    };
    let mut ignores = Ignores::of(&files.dir, &files.workspace_root);
    let mut way: Vec<_> = path
        .ancestors()
        .take_while(|part| *part != files.dir)
        .collect();
    way.reverse();
    way.into_iter()
        .find_map(|part| files.rule(part, part != path, &mut ignores))
        .unwrap_or(Untracked::Unreadable)
}

/// Whether what a file says counts in another way: the lock file by the packages that the binary
/// uses, cargo's and rustup's configuration by its meaning.
fn is_configuration(path: &Path, package_dir: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path == package_dir.join("Cargo.lock")
        || [".cargo", "rust-toolchain", "rust-toolchain.toml"].contains(&&*name)
}

fn patterns(package: &Crate, lines: &[String]) -> Result<Gitignore> {
    let manifest = package.dir.join("Cargo.toml");
    let mut builder = GitignoreBuilder::new(&package.dir);
    for line in lines {
        let added = builder.add_line(None, line).map(drop);
        added.map_err(Error::unparseable(&manifest))?;
    }
    builder.build().map_err(Error::unparseable(&manifest))
}

/// Whether patterns match a path of the package or a folder that it is in.
fn within(patterns: &Gitignore, path: &Path, package_dir: &Path, is_dir: bool) -> bool {
    let path = path.strip_prefix(package_dir);
    path.is_ok_and(|path| {
        patterns
            .matched_path_or_any_parents(path, is_dir)
            .is_ignore()
    })
}

/// The sources of the binary, the library and the build script.
fn own_sources(package: &Crate, binary: Option<&str>) -> Vec<PathBuf> {
    let manifest = &package.manifest;
    let bins = manifest.bin.iter();
    let bins = bins.filter(|bin| binary.is_some() && bin.name.as_deref() == binary);
    let targets = bins.chain(&manifest.lib).filter_map(source_of);
    let script = manifest
        .package
        .as_ref()
        .and_then(|package| package.build.as_ref());
    let script = match script {
        Some(OptionalFile::Path(path)) => Some(path.clone()),
        Some(OptionalFile::Flag(false)) => None,
        _ => Some(PathBuf::from("build.rs")),
    };
    let sources = targets.chain(script);
    sources.map(|source| package.dir.join(source)).collect()
}

/// The files and folders that belong only to targets that the binary is not made of.
fn foreign_sources(package: &Crate, binary: Option<&str>, own: &[PathBuf]) -> Vec<PathBuf> {
    let manifest = &package.manifest;
    let others = manifest.bin.iter();
    let others = others.filter(|bin| binary.is_none() || bin.name.as_deref() != binary);
    let others = others
        .chain(&manifest.test)
        .chain(&manifest.bench)
        .chain(&manifest.example)
        .filter_map(source_of);
    let folders = ["tests", "benches", "examples"].map(PathBuf::from);
    others
        .map(with_modules)
        .chain(folders)
        .map(|foreign| package.dir.join(foreign))
        .filter(|foreign| !own.iter().any(|own| own.starts_with(foreign)))
        .collect()
}

fn source_of(product: &Product) -> Option<PathBuf> {
    let path = product.path.as_ref()?;
    Some(path.split('/').filter(|part| *part != ".").collect())
}

/// A target in a folder of its own (`src/bin/name/main.rs`) has its modules there; `src/main.rs`
/// shares its folder.
fn with_modules(source: PathBuf) -> PathBuf {
    match source.parent() {
        Some(folder)
            if source.ends_with("main.rs")
                && folder != Path::new("src")
                && folder != Path::new("") =>
        {
            folder.to_owned()
        }
        _ => source,
    }
}

/// A path as seen from a folder, in the way that every checkout has in common.
pub(crate) fn relative(from: &Path, path: &Path) -> String {
    let shared = from
        .components()
        .zip(path.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().count() - shared;
    let down: PathBuf = path.components().skip(shared).collect();
    "../".repeat(up) + &portable(&down)
}

/// A path as it is written on every machine.
pub(crate) fn portable(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str());
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Reads a file that counts.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(Error::read(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::manifest::{Loader, Workspace};

    #[test]
    fn paths_are_seen_from_a_folder() {
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/b/c/d")), "c/d");
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/c")), "../c");
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/b")), "");
    }

    #[test]
    fn says_why_a_file_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\nmembers = [\"api\"]\n");
        write(
            "api/Cargo.toml",
            "[package]\nname = \"api\"\nversion = \"1.0.0\"\nexclude = [\"*.png\"]\n",
        );
        write("api/src/main.rs", "");
        write("api/src/bin/other.rs", "");
        write(".gitignore", "*.log\n");
        let workspace = Workspace::of(&root.join("api/Cargo.toml")).unwrap();
        let api = Loader::new(&workspace).load(&root.join("api")).unwrap();
        let packages = [Files::of(&api, &root, Some("api")).unwrap()];
        let ignored = Untracked::Ignored(root.join(".gitignore"));
        for (path, expected) in [
            ("/elsewhere/a.txt", Untracked::Outside),
            ("data/a.txt", Untracked::OtherPackage),
            ("api/deep/a.log", ignored),
            ("api/a.png", Untracked::Excluded),
            ("api/src/bin/other.rs", Untracked::OtherTarget),
            ("api/tests/deep/a.rs", Untracked::OtherTarget),
            ("api/.idea/deep/a.xml", Untracked::Litter),
            ("api/README.md", Untracked::Document),
            ("api/target/release/a", Untracked::BuildOutput),
            ("api/.cargo/config.toml", Untracked::Configuration),
            ("api/src/new.rs", Untracked::Unreadable),
        ] {
            assert_eq!(untracked(&packages, &root.join(path)), expected, "{path}");
        }
    }
}
