//! Everything that cargo would compile into a binary, and how it is told to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::plan::configuration::Configuration;
use crate::plan::environment;
use crate::plan::local::Local;
use crate::plan::rustflags;
use crate::plan::settings::{Binary, Places, Settings};
use crate::request::{Architecture, CargoBuild, Runtime};
use crate::workspace::closure::{Closure, Node};
use crate::workspace::config::Config;
use crate::workspace::files::{self, Files};
use crate::workspace::locked::{locked, patches};
use crate::workspace::lockfile::{Locked, Lockfile};
use crate::workspace::manifest::{Crate, Loader, Workspace, choose_binary, choose_package, locate};
use crate::workspace::profile;
use crate::workspace::untracked::UntrackedInput;
use crate::workspace::vendor::{self, Vendored};

/// How cargo compiles a binary, and from what.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CargoPlan {
    #[serde(flatten)]
    pub settings: Settings,
    #[serde(flatten)]
    pub binary: Binary,
    /// The registry and git packages that are used: where those of a name and version come from, and
    /// their checksums.
    locked: BTreeMap<String, BTreeSet<String>>,
    /// The files of those that the workspace brings along.
    vendored: Vendored,
    /// The packages on this disk, by their places.
    #[serde(rename = "package")]
    packages: BTreeMap<String, Source>,
    /// Their files, by their places.
    #[serde(rename = "file")]
    files: BTreeMap<String, Checksum>,
    /// The same files as cargo lists them.
    #[serde(skip)]
    pub known: BTreeSet<PathBuf>,
    /// The rules by which they count.
    #[serde(skip)]
    rules: Vec<Files>,
    /// Configuration and toolchain files above the workspace, which a build does not read.
    #[serde(skip)]
    pub ineffective: Vec<PathBuf>,
    /// The packages of the lock file that the binary is made of.
    #[serde(skip)]
    pub components: Vec<Locked>,
    /// The settings that put another program in rustc's place.
    #[serde(skip)]
    pub compilers: Vec<String>,
}

/// A package on this disk.
#[derive(Debug, Clone, Serialize)]
struct Source {
    name: String,
    features: BTreeSet<String>,
    /// What it takes over from its workspace.
    inherits: String,
}

/// Reads the sources of a binary, and says how to compile it.
pub(crate) fn resolve(
    build: &CargoBuild,
    architecture: Architecture,
    runtime: Runtime,
) -> Result<CargoPlan> {
    environment::check(&build.environment)?;
    let manifest = locate(&build.manifest)?;
    let workspace = Workspace::of(&manifest)?;
    let package = choose_package(&workspace, &manifest, build.package.as_deref())?;
    let name = choose_binary(&package, build.binary.as_deref())?;
    let config = Config::read(&workspace.root)?;
    profile::check(&build.profile, &workspace, &config)?;
    let root = package.dir.clone();
    let mut binary = Binary {
        package: package.name().to_owned(),
        version: package.version(),
        name,
        features: build.features.clone(),
        siblings: package.binaries(),
        places: Places::new(),
    };
    let mut closure = Closure::new(Loader::new(&workspace), architecture);
    closure.add_root(package, &build.features, build.default_features)?;
    let lock = Lockfile::read(&workspace.root)?;
    let components = read_locked(lock.as_ref(), &workspace, &config, &mut closure)?;
    let packages = lock.as_ref().map_or(&[][..], Lockfile::packages);
    let vendored = vendor::checksums(&config, packages)?;
    binary.places = places(&workspace, &closure);

    let mut environment = build.environment.clone();
    let rustflags = rustflags::take(&mut environment, &config, architecture);
    let cargo_home = Local::cargo_home(&mut environment);
    let configuration = Configuration::of(&config, &cargo_home)?;
    let mut local = Local::take(
        &mut environment,
        &workspace.root,
        cargo_home,
        &configuration,
    );
    local.vendored = vendored.clone();
    let compilers = [
        &environment::compilers(&environment),
        &*configuration.compilers,
    ]
    .concat();
    let settings = Settings {
        architecture,
        runtime,
        compiler: build.compiler,
        profile: build.profile.clone(),
        default_features: build.default_features,
        locked: lock.is_some(),
        outside: !binary.places.is_empty(),
        environment,
        rustflags,
        configuration: configuration.canonical,
        toolchain: config.toolchain,
        workspace: tables(&workspace),
        local,
    };
    let mut plan = CargoPlan {
        settings,
        binary,
        locked: checksums(&components),
        vendored: of_components(vendored, &components),
        packages: BTreeMap::new(),
        files: BTreeMap::new(),
        known: BTreeSet::new(),
        rules: Vec::new(),
        ineffective: config.ineffective,
        components,
        compilers,
    };
    plan.add_packages(&workspace, &closure, &root)?;
    Ok(plan)
}

/// The workspace's profiles and patches, and the version of its resolver. Not the root manifest as a
/// whole: a new member or another member's dependency changes nothing here.
fn tables(workspace: &Workspace) -> BTreeMap<String, String> {
    let named = ["profile", "patch", "replace"].into_iter();
    let tables = named.filter_map(|name| Some((name, workspace.table.get(name)?.to_string())));
    let resolver = workspace
        .manifest
        .workspace
        .as_ref()
        .and_then(|own| own.resolver);
    let resolver = resolver.map(|resolver| ("resolver", format!("{resolver:?}")));
    tables
        .chain(resolver)
        .map(|(name, text)| (name.to_owned(), text))
        .collect()
}

/// The packages of the lock file that are used.
fn read_locked(
    lock: Option<&Lockfile>,
    workspace: &Workspace,
    config: &Config,
    closure: &mut Closure<'_>,
) -> Result<Vec<Locked>> {
    let Some(lock) = lock else {
        // Cargo would resolve the dependencies of all members, for their tests and every target.
        let members = workspace.members()?;
        if members.values().any(Crate::names_registry)
            || closure.nodes.values().any(Node::uses_registry)
        {
            return Err(Error::LockMissing {
                path: Lockfile::path(&workspace.root),
            });
        }
        return Ok(Vec::new());
    };
    let locked = locked(lock, &patches(workspace, config)?, closure)?;
    Ok(locked.into_iter().cloned().collect())
}

fn of_components(mut vendored: Vendored, components: &[Locked]) -> Vendored {
    let used: BTreeSet<_> = components.iter().map(Locked::id).collect();
    vendored.retain(|id, _| used.contains(id));
    vendored
}

/// What tells registry and git packages from all others.
fn checksums(packages: &[Locked]) -> BTreeMap<String, BTreeSet<String>> {
    let mut checksums: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for package in packages {
        let Some(source) = &package.source else {
            continue;
        };
        let checksum = package.checksum.as_deref().unwrap_or_default();
        let origins = checksums.entry(package.id()).or_default();
        origins.insert(format!("{source} {checksum}"));
    }
    checksums
}

impl CargoPlan {
    /// Says why a file that was compiled in is none of the inputs.
    pub fn untracked(&self, path: PathBuf) -> UntrackedInput {
        let reason = files::untracked(&self.rules, &path);
        UntrackedInput { path, reason }
    }

    /// Adds the packages on this disk: their features, what they inherit, and their files.
    fn add_packages(
        &mut self,
        workspace: &Workspace,
        closure: &Closure<'_>,
        root: &Path,
    ) -> Result<()> {
        for (dir, node) in &closure.nodes {
            let place = files::relative(&workspace.root, dir);
            let source = Source {
                name: node.krate.name().to_owned(),
                features: node.features.clone(),
                inherits: node.inherited(),
            };
            self.packages.insert(place.clone(), source);
            let binary = (dir == root).then_some(self.binary.name.as_str());
            let rules = Files::of(&node.krate, &workspace.root, binary)?;
            let listed = rules.list()?;
            self.rules.push(rules);
            for (path, file) in listed {
                let content = files::read(&file)?;
                if files::is_terraform_plan(&content) {
                    continue;
                }
                let path = if place.is_empty() {
                    path
                } else {
                    format!("{place}/{path}")
                };
                self.files.insert(path, Checksum::of(&content));
                // Where a link leads: so cargo's lists are compared with this one.
                self.known
                    .insert(file.canonicalize().map_err(Error::read(&file))?);
            }
        }
        Ok(())
    }
}

/// Where the packages are, if one of them is outside of the workspace's folder.
fn places(workspace: &Workspace, closure: &Closure<'_>) -> Places {
    let dirs = || closure.nodes.keys();
    if dirs().all(|dir| dir.starts_with(&workspace.root)) {
        return Places::new();
    }
    dirs()
        .map(|dir| (dir.clone(), files::relative(&workspace.root, dir)))
        .collect()
}
