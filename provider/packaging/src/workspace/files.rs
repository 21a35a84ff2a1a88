//! Which files of a package can change a binary that it is part of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_toml::Product;
use ignore::{DirEntry, WalkBuilder};

use crate::cache;
use crate::error::{Error, Result};
use crate::workspace::config::repository_of;
use crate::workspace::manifest::Crate;

/// Endings of the files that Terraform keeps in a folder. It rewrites some of them during an apply,
/// and no binary is made of them.
const TERRAFORM: [&str; 9] = [
    ".tf",
    ".tf.json",
    ".tfvars",
    ".tfvars.json",
    ".tftest.hcl",
    ".tfstate",
    ".tfstate.backup",
    ".tfstate.lock.info",
    ".terraform.lock.hcl",
];

/// How a plan that Terraform has saved begins: as a zip (PKWARE's APPNOTE, 4.3.7) whose first file
/// has this name.
const PLAN: &[u8] = b"tfplan";

/// Lists a package's files as cargo packages them, without what belongs to other targets than
/// `binary` and the library: path within the package, written with `/` → path on this disk.
///
/// What `.gitignore` files name, from the package's folder up to the repository's (or the
/// workspace's, where there is no repository), does not count. Git's settings of one machine or
/// clone (`core.excludesFile`,
/// `.git/info/exclude`) do not matter: they differ from checkout to checkout.
pub(crate) fn of_package(
    package: &Crate,
    workspace_root: &Path,
    binary: Option<&str>,
) -> BTreeMap<String, PathBuf> {
    let foreign = foreign_sources(package, binary);
    let repository = repository_of(&package.dir);
    // A package may itself be ignored from further up, for instance as a checkout below
    // `.terraform`. Then what is said there is not meant for it.
    for top in repository.into_iter().chain([workspace_root]) {
        let files = list(package, &foreign, top);
        if files.contains_key("Cargo.toml") {
            return files;
        }
    }
    list(package, &foreign, &package.dir)
}

/// Lists a package's files, by the `.gitignore` files from `top` on.
fn list(package: &Crate, foreign: &[PathBuf], top: &Path) -> BTreeMap<String, PathBuf> {
    let dir = package.dir.clone();
    let excluded = foreign.to_vec();
    // Only down the path to the package.
    let walk = WalkBuilder::new(top)
        .standard_filters(false)
        .git_ignore(true)
        .require_git(false)
        .follow_links(true)
        .filter_entry(move |entry| {
            dir.starts_with(entry.path())
                || (entry.path().starts_with(&dir) && !skipped(entry, &dir, &excluded))
        })
        .build();
    let mut files = BTreeMap::new();
    for entry in walk {
        // What cannot be read (a link that leads nowhere, as some editors leave) cannot be compiled
        // either.
        let Ok(entry) = entry else { continue };
        let Ok(within) = entry.path().strip_prefix(&package.dir) else {
            continue;
        };
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.insert(portable(within), entry.path().to_owned());
        }
    }
    files
}

/// A path as it is written on every machine.
pub(crate) fn portable(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Whether an entry below the package's folder is none of its sources.
fn skipped(entry: &DirEntry, package_dir: &Path, foreign: &[PathBuf]) -> bool {
    let path = entry.path();
    let name = entry.file_name().to_string_lossy();
    if foreign.iter().any(|foreign| path.starts_with(foreign)) {
        return true;
    }
    if path.is_dir() {
        let at_root = path.parent() == Some(package_dir);
        return name == ".git"
            || name == ".terraform"
            || (at_root && name == "target")
            // Cargo marks its target folders so, wherever they are.
            || path.join("CACHEDIR.TAG").exists()
            // A package within the package is another package.
            || path.join("Cargo.toml").exists();
    }
    // The lock file counts by the packages that the binary uses.
    (name == "Cargo.lock" && path.parent() == Some(package_dir))
        || TERRAFORM.iter().any(|ending| name.ends_with(ending))
        // `terraform.tfstate.<time>.backup`
        || (name.contains(".tfstate.") && name.ends_with(".backup"))
        || cache::is_ours(path)
}

/// The files and folders that belong only to targets that the binary is not made of.
fn foreign_sources(package: &Crate, binary: Option<&str>) -> Vec<PathBuf> {
    let manifest = &package.manifest;
    let own_binary = |product: &&Product| binary.is_some() && product.name.as_deref() == binary;
    let own: Vec<_> = manifest
        .bin
        .iter()
        .filter(own_binary)
        .chain(&manifest.lib)
        .filter_map(source_of)
        .collect();
    let others = manifest.bin.iter().filter(|product| !own_binary(product));
    let others = others
        .chain(&manifest.test)
        .chain(&manifest.bench)
        .chain(&manifest.example)
        .filter_map(source_of);
    let folders = ["tests", "benches", "examples"].map(PathBuf::from);
    others
        .map(with_modules)
        .chain(folders)
        .filter(|foreign| !own.iter().any(|own| own.starts_with(foreign)))
        .map(|foreign| package.dir.join(foreign))
        .collect()
}

fn source_of(product: &Product) -> Option<PathBuf> {
    product
        .path
        .as_ref()
        .map(|path| path.split('/').filter(|part| *part != ".").collect())
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

/// Whether a file is a plan that Terraform has saved. It may have any name, and appears between the
/// plan and its apply.
pub(crate) fn is_terraform_plan(content: &[u8]) -> bool {
    content.starts_with(b"PK\x03\x04") && content.get(30..30 + PLAN.len()) == Some(PLAN)
}

/// Reads a file that [`of_package`] listed.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(Error::read(path))
}
