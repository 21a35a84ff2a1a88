//! Which packages on this disk a binary is made of, and with which features: cargo's resolution, as
//! far as path dependencies go. What comes from a registry is in `Cargo.lock`
//! ([`crate::workspace::lockfile`]).
//!
//! `cargo metadata` knows this too, but only where rustc is installed and every dependency downloaded. A plan must
//! come to the same result on a machine that has neither. Where cargo distinguishes more finely
//! (one package with different features for build scripts and for the binary), this takes the
//! union: too many inputs cost a compilation, too few a wrong deployment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use cargo_platform::{Cfg, Platform};
use cargo_toml::Dependency;

use crate::error::{Error, Result};
use crate::request::Architecture;
use crate::workspace::manifest::{Crate, Loader};

/// A package of the dependency closure.
#[derive(Debug)]
pub(crate) struct Node {
    pub krate: Crate,
    /// The features that are on.
    pub features: BTreeSet<String>,
    /// What its manifest declares, by key: all but its tests' dependencies and other targets'.
    declared: BTreeMap<String, Vec<Dependency>>,
    /// The keys of the dependencies that are used.
    used: BTreeSet<String>,
    /// Features that a dependency gets if something else turns it on (`name?/feature`).
    conditional: Vec<(String, String)>,
}

/// The packages on this disk that a binary is made of: its dependency closure, as far as path
/// dependencies go.
pub(crate) struct Closure<'a> {
    loader: Loader<'a>,
    architecture: Architecture,
    /// By folder.
    pub nodes: BTreeMap<PathBuf, Node>,
}

impl<'a> Closure<'a> {
    pub fn new(loader: Loader<'a>, architecture: Architecture) -> Self {
        Self {
            loader,
            architecture,
            nodes: BTreeMap::new(),
        }
    }

    /// Adds the package that is to be built.
    pub fn add_root(
        &mut self,
        package: Crate,
        features: &BTreeSet<String>,
        default_features: bool,
    ) -> Result<()> {
        let dir = package.dir.clone();
        self.add(package)?;
        for feature in features {
            self.select(&dir, feature)?;
        }
        if default_features {
            self.turn_on(&dir, "default")?;
        }
        Ok(())
    }

    /// Turns on a feature of the package that is to be built, in one of the forms that cargo takes
    /// after `--features`: `feature`, `package/feature`, `dependency/feature` and
    /// `dependency?/feature` ("Feature selection" in `cargo help build`; `dep:` is for manifests).
    fn select(&mut self, dir: &Path, requested: &str) -> Result<()> {
        let unknown = |package: &Crate| Error::FeatureUnknown {
            package: package.name().to_owned(),
            feature: requested.to_owned(),
            available: feature_names(package).into_iter().collect(),
        };
        let root = &self.node(dir)?.krate;
        let own = [root.name(), "/"].concat();
        let feature = requested.strip_prefix(&own).unwrap_or(requested);
        let Some((dependency, of_dependency)) = feature.split_once('/') else {
            if !feature_names(root).contains(feature) {
                return Err(unknown(root));
            }
            return self.turn_on(dir, feature);
        };
        let dependency = dependency.strip_suffix('?').unwrap_or(dependency);
        let Some(declaration) = root
            .declaration(dependency)
            .filter(|_| feature == requested)
        else {
            return Err(unknown(root));
        };
        // What a registry package has, only its own manifest says.
        if let Some(path) = path_of(dir, declaration) {
            let package = self.loader.load(&path)?;
            if !feature_names(&package).contains(of_dependency) {
                return Err(unknown(&package));
            }
        } else if of_dependency.is_empty() || of_dependency.contains('/') {
            return Err(unknown(root));
        }
        self.apply(dir, feature)
    }

    /// Adds a package that a `[patch]` puts in a registry package's place. All its features are on:
    /// which of them registry packages ask for, only their manifests say.
    pub fn add_patched(&mut self, dir: &Path) -> Result<()> {
        let package = self.loader.load(dir)?;
        let dir = package.dir.clone();
        let features = feature_names(&package);
        self.add(package)?;
        features
            .iter()
            .try_for_each(|feature| self.turn_on(&dir, feature))
    }

    fn add(&mut self, package: Crate) -> Result<()> {
        let dir = package.dir.clone();
        if self.nodes.contains_key(&dir) {
            return Ok(());
        }
        let declared = dependencies(&package, self.architecture)?;
        let required = declared.iter().filter(|(_, declarations)| {
            declarations.iter().any(|dependency| !dependency.optional())
        });
        let required: Vec<_> = required.map(|(key, _)| key.clone()).collect();
        let node = Node {
            krate: package,
            declared,
            features: BTreeSet::new(),
            used: BTreeSet::new(),
            conditional: Vec::new(),
        };
        self.nodes.insert(dir.clone(), node);
        required
            .iter()
            .try_for_each(|key| self.use_dependency(&dir, key))
    }

    fn node(&mut self, dir: &Path) -> Result<&mut Node> {
        self.nodes
            .get_mut(dir)
            .ok_or_else(|| Error::read(dir)(std::io::ErrorKind::NotFound.into()))
    }

    /// Turns a feature of a package on, and what it implies.
    fn turn_on(&mut self, dir: &Path, feature: &str) -> Result<()> {
        let node = self.node(dir)?;
        if !feature_names(&node.krate).contains(feature)
            || !node.features.insert(feature.to_owned())
        {
            return Ok(());
        }
        match node.krate.manifest.features.get(feature).cloned() {
            Some(implied) => implied.iter().try_for_each(|item| self.apply(dir, item)),
            None => self.use_dependency(dir, feature),
        }
    }

    /// Applies one item of a feature's list: `feature`, `dep:name`, `name/feature` or
    /// `name?/feature`.
    fn apply(&mut self, dir: &Path, item: &str) -> Result<()> {
        if let Some(name) = item.strip_prefix("dep:") {
            return self.use_dependency(dir, name);
        }
        let Some((name, feature)) = item.split_once('/') else {
            return self.turn_on(dir, item);
        };
        let (name, weak) = name
            .strip_suffix('?')
            .map_or((name, false), |name| (name, true));
        self.node(dir)?
            .conditional
            .push((name.to_owned(), feature.to_owned()));
        if self.node(dir)?.used.contains(name) {
            self.pass_feature(dir, name, feature)?;
        }
        if weak {
            Ok(())
        } else {
            self.use_dependency(dir, name)
        }
    }

    /// Notes that a dependency is used, and follows it where it is a path.
    fn use_dependency(&mut self, dir: &Path, key: &str) -> Result<()> {
        let node = self.node(dir)?;
        if !node.used.insert(key.to_owned()) {
            return Ok(());
        }
        let passed: Vec<_> = node
            .conditional
            .iter()
            .filter(|(name, _)| name == key)
            .map(|(_, feature)| feature.clone())
            .collect();
        let declarations = node.declared.get(key).cloned().unwrap_or_default();
        for dependency in declarations {
            let Some(target) = path_of(dir, &dependency) else {
                continue;
            };
            let package = self.loader.load(&target)?;
            let target = package.dir.clone();
            self.add(package)?;
            if dependency
                .detail()
                .is_none_or(|detail| detail.default_features)
            {
                self.turn_on(&target, "default")?;
            }
            for feature in dependency.req_features().iter().chain(&passed) {
                self.turn_on(&target, feature)?;
            }
        }
        Ok(())
    }

    fn pass_feature(&mut self, dir: &Path, key: &str, feature: &str) -> Result<()> {
        let node = self.node(dir)?;
        let declarations = node.declared.get(key).cloned().unwrap_or_default();
        for target in declarations
            .iter()
            .filter_map(|dependency| path_of(dir, dependency))
        {
            let target = std::fs::canonicalize(&target).map_err(Error::read(&target))?;
            self.turn_on(&target, feature)?;
        }
        Ok(())
    }
}

impl Node {
    /// The dependencies that are used, by the key in the manifest.
    fn used(&self) -> impl Iterator<Item = (&String, &Dependency)> {
        let used = self
            .declared
            .iter()
            .filter(|(key, _)| self.used.contains(*key));
        used.flat_map(|(key, declarations)| declarations.iter().map(move |one| (key, one)))
    }

    /// The packages that are used, by their own names (a dependency may be renamed).
    pub fn used_names(&self) -> BTreeSet<String> {
        self.used()
            .map(|(key, one)| one.package().unwrap_or(key).to_owned())
            .collect()
    }

    /// Whether it uses a package that is not on this disk.
    pub fn uses_registry(&self) -> bool {
        self.used()
            .any(|(_, one)| path_of(&self.krate.dir, one).is_none())
    }

    /// What it takes over from its workspace's root manifest, in a canonical form: the fields that
    /// reach the compiler as `CARGO_PKG_…`, and the features of its dependencies.
    pub fn inherited(&self) -> String {
        let mut lines = Vec::new();
        if let Some(package) = &self.krate.manifest.package {
            let fields = [
                ("version", package.version().to_string()),
                ("edition", format!("{:?}", package.edition())),
                (
                    "rust-version",
                    package.rust_version().unwrap_or_default().to_owned(),
                ),
                ("authors", package.authors().join(":")),
                (
                    "description",
                    package.description().unwrap_or_default().to_owned(),
                ),
                (
                    "homepage",
                    package.homepage().unwrap_or_default().to_owned(),
                ),
                (
                    "repository",
                    package.repository().unwrap_or_default().to_owned(),
                ),
                ("license", package.license().unwrap_or_default().to_owned()),
            ];
            lines.extend(fields.map(|(field, value)| format!("{field} {value}")));
        }
        for (key, dependency) in self.used() {
            let default = dependency
                .detail()
                .is_none_or(|detail| detail.default_features);
            lines.push(format!(
                "{key} {default} {}",
                dependency.req_features().join(" ")
            ));
        }
        lines.join("\n")
    }
}

fn path_of(dir: &Path, dependency: &Dependency) -> Option<PathBuf> {
    dependency
        .detail()?
        .path
        .as_ref()
        .map(|path| dir.join(path))
}

/// A package's features: the declared, `default`, and one for each optional dependency that no
/// feature names with `dep:` ("Optional dependencies" in the Cargo book).
fn feature_names(package: &Crate) -> BTreeSet<String> {
    let features = &package.manifest.features;
    let explicit: BTreeSet<_> = features
        .values()
        .flatten()
        .filter_map(|item| item.strip_prefix("dep:"))
        .collect();
    let optional = package.declarations().filter(|(_, one)| one.optional());
    let implicit = optional.filter(|(key, _)| !explicit.contains(key.as_str()));
    let implicit = implicit.map(|(key, _)| key);
    features.keys().chain(implicit).cloned().collect()
}

/// What a package declares to need for a build on the target, by key: everything but its tests'
/// dependencies.
fn dependencies(
    package: &Crate,
    architecture: Architecture,
) -> Result<BTreeMap<String, Vec<Dependency>>> {
    let manifest = &package.manifest;
    let mut tables = vec![&manifest.dependencies, &manifest.build_dependencies];
    for (platform, target) in &manifest.target {
        // A build script runs on the machine that builds, whatever that is: its dependencies always
        // count.
        tables.push(&target.build_dependencies);
        let platform = Platform::from_str(platform)
            .map_err(Error::unparseable(&package.dir.join("Cargo.toml")))?;
        if platform.matches(architecture.target(), &cfgs(architecture)) {
            tables.push(&target.dependencies);
        }
    }
    let mut declared: BTreeMap<String, Vec<Dependency>> = BTreeMap::new();
    for (key, dependency) in tables.into_iter().flatten() {
        declared
            .entry(key.clone())
            .or_default()
            .push(dependency.clone());
    }
    Ok(declared)
}

/// The `cfg` values of Lambda's targets, as `rustc --print cfg --target …` lists them.
pub(crate) fn cfgs(architecture: Architecture) -> Vec<Cfg> {
    let processor = match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::Arm64 => "aarch64",
    };
    let named = [
        format!("target_arch=\"{processor}\""),
        "target_os=\"linux\"".to_owned(),
        "target_family=\"unix\"".to_owned(),
        "target_env=\"gnu\"".to_owned(),
        "target_vendor=\"unknown\"".to_owned(),
        "target_endian=\"little\"".to_owned(),
        "target_pointer_width=\"64\"".to_owned(),
        "panic=\"unwind\"".to_owned(),
        "unix".to_owned(),
    ];
    named
        .iter()
        .filter_map(|cfg| Cfg::from_str(cfg).ok())
        .collect()
}
