//! What cargo is told.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

use serde::Serialize;

use crate::error::Result;
use crate::plan::fingerprint::Inputs;
use crate::plan::local::Local;
use crate::plan::toolchain;
use crate::request::{Architecture, Compiler, Runtime};

/// What cargo is always told, unless the request says otherwise. Build scripts are told that it is
/// 1980-01-01, where the calendar of zip files begins.
const FIXED: [(&str, &str); 5] = [
    ("CARGO_INCREMENTAL", "0"),
    ("CARGO_TERM_COLOR", "never"),
    ("CARGO_TERM_PROGRESS_WHEN", "always"),
    ("CARGO_TERM_PROGRESS_WIDTH", "120"),
    ("SOURCE_DATE_EPOCH", "315532800"),
];

/// The packages on this disk that a binary is made of, folder to place in the checkout, if one of
/// them is outside of the workspace's folder.
pub(crate) type Places = BTreeMap<PathBuf, String>;

/// What binaries that are compiled together have in common. All of it counts, but [`Local`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Settings {
    pub architecture: Architecture,
    pub runtime: Runtime,
    pub compiler: Compiler,
    pub profile: String,
    pub default_features: bool,
    /// Whether there is a lock file, which cargo then must not change.
    pub locked: bool,
    /// Whether one of the packages is outside of the workspace's folder, so that crates are numbered
    /// by their places in the checkout.
    pub outside: bool,
    /// What the request declares, but flags for rustc.
    pub environment: BTreeMap<String, String>,
    /// Flags for rustc, by cargo's rules taken from the declared environment or the configuration.
    pub rustflags: Vec<String>,
    /// The workspace's own cargo configuration, as far as it can change a binary.
    #[serde(rename = "cargo-configuration")]
    pub configuration: String,
    /// What `rust-toolchain.toml` says.
    pub toolchain: Option<String>,
    /// The tables of the workspace's manifest that count for all its packages.
    pub workspace: BTreeMap<String, String>,
    #[serde(skip)]
    pub local: Local,
}

impl Settings {
    /// The folder for everything that cargo makes. What other settings made is in another, so that
    /// cargo, which does not know of every setting what it changes, takes nothing over from there.
    pub fn folder(&self) -> Result<PathBuf> {
        let Local {
            workspace_root,
            target_dir,
            vendored,
            ..
        } = &self.local;
        // Cargo numbers a workspace's packages by their places in it: of two checkouts that share a
        // target folder, the second would be compiled by the build scripts of the first.
        let root = (!target_dir.starts_with(workspace_root)).then(|| workspace_root.as_os_str());
        let root = root.map(|root| root.to_string_lossy());
        let fingerprint =
            Inputs::of(&(Inputs::of(self)?.fingerprint().as_str(), root, vendored))?.fingerprint();
        Ok(target_dir.join("rustlambda").join(fingerprint.short()))
    }

    /// The environment of every tool.
    pub fn variables(&self) -> BTreeMap<String, OsString> {
        let mut variables = self.local.passed.always.clone();
        let fixed = FIXED.map(|(name, value)| (name.to_owned(), value.into()));
        variables.extend(fixed);
        if let Some(name) = self.toolchain_name() {
            variables.insert("RUSTUP_TOOLCHAIN".to_owned(), name.into());
        }
        let declared = self.environment.iter();
        variables.extend(declared.map(|(name, value)| (name.clone(), self.program(name, value))));
        variables
    }

    /// The name of the toolchain that the workspace asks for.
    pub fn toolchain_name(&self) -> Option<String> {
        toolchain::name(self.toolchain.as_ref()?, &self.local.workspace_root)
    }

    /// The value of a variable. Where it is a path of a program, it starts from the workspace's
    /// folder.
    fn program(&self, name: &str, value: &str) -> OsString {
        let names_program = ["RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
            .iter()
            .any(|end| name.ends_with(end))
            || (name.starts_with("CARGO_TARGET_") && name.ends_with("_LINKER"));
        if names_program && value.contains('/') {
            self.local.workspace_root.join(value).into()
        } else {
            value.into()
        }
    }

    /// What is started instead of rustc, and starts it.
    pub fn wrapper(&self) -> Option<String> {
        let variables = self.variables();
        let names = ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"].iter();
        let declared = names.filter_map(|name| variables.get(*name)).next();
        let declared = declared.map(|path| path.to_string_lossy().into_owned());
        let configured = || {
            let file: toml::Table = self.local.configuration.parse().ok()?;
            Some(
                file.get("build")?
                    .get("rustc-wrapper")?
                    .as_str()?
                    .to_owned(),
            )
        };
        declared.or_else(configured).filter(|path| !path.is_empty())
    }

    /// Whether something is said of the linker.
    pub fn names_linker(&self) -> bool {
        self.configuration.contains("linker")
            || self.rustflags.iter().any(|flag| flag.contains("linker"))
            || self
                .environment
                .keys()
                .any(|name| name.ends_with("_LINKER"))
    }

    /// The arguments that cargo gets for all binaries.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![format!("--profile={}", self.profile)];
        arguments.extend(self.locked.then(|| "--locked".to_owned()));
        arguments.extend((!self.default_features).then(|| "--no-default-features".to_owned()));
        arguments
    }
}

/// One binary to compile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Binary {
    #[serde(rename = "binary-package")]
    pub package: String,
    #[serde(rename = "binary-version")]
    pub version: String,
    #[serde(rename = "binary")]
    pub name: String,
    pub features: BTreeSet<String>,
    /// The names of all binaries of the package.
    #[serde(skip)]
    pub siblings: Vec<String>,
    /// Empty unless a package outside of the workspace's folder is among them.
    #[serde(skip)]
    pub places: Places,
}

impl Binary {
    /// Names the package to cargo.
    pub fn spec(&self) -> String {
        format!("--package={}@{}", self.package, self.version)
    }

    /// Whether one cargo can be asked for both: it builds a binary of a requested name in every
    /// requested package that has one, all into one place.
    pub fn fits(&self, other: &Self) -> bool {
        let meet = self.siblings.contains(&other.name) || other.siblings.contains(&self.name);
        self.name != other.name && (self.spec() == other.spec() || !meet)
    }

    /// Names the features to cargo, which takes a dependency's without the package's name.
    pub fn features(&self) -> impl Iterator<Item = String> {
        self.features
            .iter()
            .map(|feature| match feature.contains('/') {
                true => format!("--features={feature}"),
                false => format!("--features={}/{feature}", self.package),
            })
    }

    /// The features of dependencies, which cargo would turn on for every package that it compiles
    /// along.
    pub fn passed_features(&self) -> Vec<&String> {
        let features = self.features.iter();
        features.filter(|feature| feature.contains('/')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::environment::Passed;
    use crate::workspace::vendor::Vendored;

    fn settings() -> Settings {
        Settings {
            architecture: Architecture::X86_64,
            runtime: Runtime::ProvidedAl2023,
            compiler: Compiler::Auto,
            profile: "release".to_owned(),
            default_features: true,
            locked: true,
            outside: false,
            environment: BTreeMap::new(),
            rustflags: Vec::new(),
            configuration: String::new(),
            toolchain: None,
            workspace: BTreeMap::new(),
            local: Local {
                workspace_root: "/w".into(),
                target_dir: "/w/target".into(),
                cargo_home: "/home/.cargo".into(),
                configuration: String::new(),
                vendored: Vendored::new(),
                passed: Passed::default(),
            },
        }
    }

    #[test]
    fn every_field_counts_but_what_is_local() {
        // A field that is added has to be added here.
        let Settings {
            architecture: _,
            runtime: _,
            compiler: _,
            profile: _,
            default_features: _,
            locked: _,
            outside: _,
            environment: _,
            rustflags: _,
            configuration: _,
            toolchain: _,
            workspace: _,
            local: _,
        } = settings();
        let text = || "x".to_owned();
        let changes: [fn(&mut Settings, String); 12] = [
            |settings, _| settings.architecture = Architecture::Arm64,
            |settings, _| settings.runtime = Runtime::ProvidedAl2,
            |settings, _| settings.compiler = Compiler::Zigbuild,
            |settings, text| settings.profile = text,
            |settings, _| settings.default_features = false,
            |settings, _| settings.locked = false,
            |settings, _| settings.outside = true,
            |settings, text| settings.environment = [(text, String::new())].into(),
            |settings, text| settings.rustflags = vec![text],
            |settings, text| settings.configuration = text,
            |settings, text| settings.toolchain = Some(text),
            |settings, text| settings.workspace = [(text, String::new())].into(),
        ];
        let (fingerprint, folder) = (
            Inputs::of(&settings()).unwrap().fingerprint(),
            settings().folder().unwrap(),
        );
        for (index, change) in changes.iter().enumerate() {
            let mut changed = settings();
            change(&mut changed, text());
            assert_ne!(
                Inputs::of(&changed).unwrap().fingerprint(),
                fingerprint,
                "change {index}"
            );
            assert_ne!(changed.folder().unwrap(), folder, "change {index}");
        }
        let mut elsewhere = settings();
        elsewhere.local.workspace_root = "/other".into();
        elsewhere.local.passed.always = [("HOME".to_owned(), "/home".into())].into();
        assert_eq!(Inputs::of(&elsewhere).unwrap().fingerprint(), fingerprint);
    }
}
