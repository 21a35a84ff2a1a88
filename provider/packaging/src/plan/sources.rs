//! Everything that cargo would compile into a binary, as inputs of its fingerprint.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::plan::fingerprint::Inputs;
use crate::plan::settings::{Binary, Places, Settings};
use crate::request::{Architecture, CargoBuild, Runtime};
use crate::workspace::closure::{Closure, Node};
use crate::workspace::config::Config;
use crate::workspace::files::{self, Files};
use crate::workspace::locked::{locked, patches};
use crate::workspace::lockfile::{Locked, Lockfile};
use crate::workspace::manifest::{Loader, Workspace, choose_binary, choose_package, locate};
use crate::workspace::profile;

/// A binary whose sources are read.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub settings: Settings,
    pub binary: Binary,
    /// The packages of the lock file that it is made of.
    pub locked: Vec<Locked>,
    /// The files on this disk that were read.
    pub files: BTreeSet<PathBuf>,
}

/// Reads the sources of a binary, adds them to the inputs, and says how to compile it.
pub(crate) fn resolve(
    build: &CargoBuild,
    architecture: Architecture,
    runtime: Runtime,
    inputs: &mut Inputs,
) -> Result<Resolved> {
    let manifest = locate(&build.manifest)?;
    let workspace = Workspace::of(&manifest)?;
    let package = choose_package(&workspace, &manifest, build.package.as_deref())?;
    let name = choose_binary(&package, build.binary.as_deref())?;
    let config = Config::read(&workspace.root)?;
    profile::check(&build.profile, &workspace, &config)?;
    let settings = Settings {
        workspace_root: workspace.root.clone(),
        locked: Lockfile::path(&workspace.root).exists(),
        pinned: config.toolchain.is_some(),
        profile: build.profile.clone(),
        default_features: build.default_features,
        environment: build.environment.clone(),
        compiler: build.compiler,
        architecture,
        runtime,
        rustflags: config.rustflags(architecture),
    };
    let mut binary = Binary {
        package: package.name().to_owned(),
        version: package.version(),
        name,
        features: build.features.clone(),
        places: Places::new(),
    };
    let root = package.dir.clone();
    let mut closure = Closure::new(Loader::new(&workspace), architecture);
    closure.add_root(package, &build.features, build.default_features)?;
    add_request(&settings, &binary, inputs);
    add_configuration(&workspace, &config, inputs)?;
    let locked = add_locked(&workspace, &config, &mut closure, inputs)?;
    let files = add_packages(&workspace, &closure, &root, &binary.name, inputs)?;
    binary.places = places(&workspace, &closure);
    Ok(Resolved {
        settings,
        binary,
        locked,
        files,
    })
}

/// What the caller asked for.
fn add_request(settings: &Settings, binary: &Binary, inputs: &mut Inputs) {
    inputs.add("binary", &binary.name, binary.package.as_bytes());
    inputs.add("profile", &settings.profile, b"");
    inputs.add("compiler", settings.compiler.name(), b"");
    inputs.add(
        "default features",
        &settings.default_features.to_string(),
        b"",
    );
    for feature in &binary.features {
        inputs.add("feature", feature, b"");
    }
    for (name, value) in &settings.environment {
        inputs.add("environment", name, value.as_bytes());
    }
}

/// The workspace's profiles and patches, cargo's checked-out configuration, and the toolchain file.
/// Not the root manifest as a whole: a new member or another member's dependency changes nothing
/// here.
fn add_configuration(workspace: &Workspace, config: &Config, inputs: &mut Inputs) -> Result<()> {
    for table in ["profile", "patch", "replace"] {
        if let Some(value) = workspace.table.get(table) {
            let text =
                toml::to_string(value).map_err(Error::unparseable(&workspace.manifest_path()))?;
            inputs.add("workspace", table, text.as_bytes());
        }
    }
    if let Some(resolver) = workspace
        .manifest
        .workspace
        .as_ref()
        .and_then(|workspace| workspace.resolver)
    {
        inputs.add("workspace", "resolver", format!("{resolver:?}").as_bytes());
    }
    for file in config.canonical()? {
        inputs.add("cargo configuration", "", file.as_bytes());
    }
    if let Some(toolchain) = &config.toolchain {
        inputs.add("toolchain", "", toolchain.as_bytes());
    }
    Ok(())
}

/// The registry and git packages that are used.
fn add_locked(
    workspace: &Workspace,
    config: &Config,
    closure: &mut Closure<'_>,
    inputs: &mut Inputs,
) -> Result<Vec<Locked>> {
    let Some(lock) = Lockfile::read(&workspace.root)? else {
        if closure.nodes.values().any(Node::uses_registry) {
            return Err(Error::LockMissing {
                path: Lockfile::path(&workspace.root),
            });
        }
        return Ok(Vec::new());
    };
    let locked = locked(&lock, &patches(workspace, config)?, closure)?;
    for package in locked.iter().filter(|package| package.source.is_some()) {
        let content = [
            &package.version,
            package.source.as_deref().unwrap_or(""),
            package.checksum.as_deref().unwrap_or(""),
        ]
        .join(" ");
        inputs.add("locked", &package.name, content.as_bytes());
    }
    Ok(locked.into_iter().cloned().collect())
}

/// The packages on this disk: their features, what they inherit, and their files.
fn add_packages(
    workspace: &Workspace,
    closure: &Closure<'_>,
    root: &Path,
    binary: &str,
    inputs: &mut Inputs,
) -> Result<BTreeSet<PathBuf>> {
    let mut read = BTreeSet::new();
    for (dir, node) in &closure.nodes {
        let place = files::relative(&workspace.root, dir);
        inputs.add("package", &place, node.krate.name().as_bytes());
        for feature in &node.features {
            inputs.add("package feature", feature, b"");
        }
        inputs.add("package inherits", &place, node.inherited().as_bytes());
        let binary = (dir == root).then_some(binary);
        for (path, file) in Files::of(&node.krate, &workspace.root, binary)?.list()? {
            let content = files::read(&file)?;
            if files::is_terraform_plan(&content) {
                continue;
            }
            inputs.add("file", &path, &content);
            // Where a link leads: so cargo's lists are compared with this one.
            read.insert(file.canonicalize().map_err(Error::read(&file))?);
        }
    }
    Ok(read)
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
