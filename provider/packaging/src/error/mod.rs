//! Everything that can go wrong, each with the next step.

mod input;
pub(crate) mod refusal;
mod release;
pub(crate) mod store;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use input::Input;
pub use refusal::Refusal;
pub use release::{ConstraintError, Missing, Taken};
pub use store::StoreFault;

/// How much of a parser's message is shown: enough for a place, a quoted line and the reason.
const MAX_LINES: usize = 8;
const MAX_LINE: usize = 160;

/// The result of this crate's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure to resolve, build, inspect or write a package.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no manifest where the request says.
    #[error("There is no file {}. Point to the Cargo.toml of the function's package or workspace.", path.display())]
    ManifestMissing {
        /// As requested.
        path: PathBuf,
    },
    /// The manifest is a directory.
    #[error("{} is a directory. Point to its Cargo.toml: {}", path.display(), path.join("Cargo.toml").display())]
    ManifestIsDirectory {
        /// As requested.
        path: PathBuf,
    },
    /// A manifest, lock or configuration file cannot be understood.
    #[error("{} cannot be read as cargo reads it: {reason}", path.display())]
    Unparseable {
        /// The file at fault.
        path: PathBuf,
        /// What the parser says.
        reason: String,
    },
    /// A workspace has no root package, and none of its members is chosen.
    #[error("{} is a workspace without a package of its own. Choose one of its packages: {}", manifest.display(), list(available))]
    PackageNotChosen {
        /// The workspace's manifest.
        manifest: PathBuf,
        /// The members' names.
        available: Vec<String>,
    },
    /// The chosen package is not in the workspace.
    #[error("There is no package `{package}` in {}. Its packages are: {}", manifest.display(), list(available))]
    PackageUnknown {
        /// As requested.
        package: String,
        /// The workspace's manifest.
        manifest: PathBuf,
        /// The members' names.
        available: Vec<String>,
    },
    /// The package has no binary.
    #[error(
        "Package `{package}` has no binary. A Lambda function needs src/main.rs, a file in src/bin/, or a [[bin]] section."
    )]
    NoBinary {
        /// The package.
        package: String,
    },
    /// The package has several binaries, none of which is chosen.
    #[error(
        "Package `{package}` has several binaries. Choose one: {}",
        list(available)
    )]
    BinaryNotChosen {
        /// The package.
        package: String,
        /// Its binaries.
        available: Vec<String>,
    },
    /// The package does not have the chosen binary.
    #[error(
        "Package `{package}` has no binary `{binary}`. Its binaries are: {}",
        list(available)
    )]
    BinaryUnknown {
        /// The package.
        package: String,
        /// As requested.
        binary: String,
        /// Its binaries.
        available: Vec<String>,
    },
    /// Two packages of a workspace have binaries of one name.
    #[error("The binary `{binary}` is in both packages {}. Cargo builds both into one place: rename one.", packages.join(" and "))]
    BinaryTwice {
        /// The name.
        binary: String,
        /// Where it is.
        packages: [String; 2],
    },
    /// The profile is neither cargo's nor the workspace's.
    #[error("{} or choose one of: {}", if *reserved { format!("Cargo reserves the profile name `{profile}`: rename its section in {},", manifest.display()) } else { format!("There is no cargo profile `{profile}`. Add [profile.{profile}] to {},", manifest.display()) }, list(available))]
    ProfileUnknown {
        /// As requested.
        profile: String,
        /// The workspace's manifest.
        manifest: PathBuf,
        /// Cargo's profiles and the workspace's.
        available: Vec<String>,
        /// Whether cargo keeps the name for itself.
        reserved: bool,
    },
    /// The package does not have a requested feature.
    #[error("Package `{package}` has no feature `{feature}`. {}", if available.is_empty() { "It has none.".to_owned() } else { format!("Its features are: {}", list(available)) })]
    FeatureUnknown {
        /// The package.
        package: String,
        /// As requested.
        feature: String,
        /// Its features.
        available: Vec<String>,
    },
    /// Dependencies are not locked.
    #[error("There is no {}, so the versions of the dependencies are open. Run `cargo generate-lockfile` and commit the file.", path.display())]
    LockMissing {
        /// Where the lock file belongs.
        path: PathBuf,
    },
    /// The lock file is older than a manifest.
    #[error("{} does not have `{dependency}`, which `{package}` needs. Run `cargo update --workspace` and commit the file.", path.display())]
    LockStale {
        /// The lock file.
        path: PathBuf,
        /// The dependency that it lacks.
        dependency: String,
        /// Who needs it.
        package: String,
    },
    /// A file or directory cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: Arc<std::io::Error>,
    },
    /// A file or directory cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: Arc<std::io::Error>,
    },
    /// The inputs of a build have no canonical form.
    #[error(
        "No fingerprint can be taken of the build: {reason}. Use names of files and folders that are UTF-8."
    )]
    Fingerprint {
        /// What cannot be written.
        reason: String,
    },
    /// An asset may not be in the zip.
    #[error("The asset `{path}` cannot be packaged: {reason}")]
    Asset {
        /// The path in the zip.
        path: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// An environment variable that no process can be given.
    #[error("The environment variable `{}` cannot be set: {reason}.", name.escape_debug())]
    Environment {
        /// The variable, shortened.
        name: String,
        /// What is wrong, and what to do.
        reason: &'static str,
    },
    /// Several tools are not on this machine.
    #[error("This machine lacks tools that the build needs:{}", missing.iter().map(|error| format!("\n  - {error}")).collect::<String>())]
    ToolsMissing {
        /// Why each of them is missing, and how to get it.
        missing: Vec<Error>,
    },
    /// What decides the zip beside its fingerprint may not be published.
    #[error(
        "`{name}` cannot be published: its fingerprint does not know these inputs:{}\nAnother machine would take the zip for one of its own sources. {remedy}",
        list_lines(inputs)
    )]
    Untracked {
        /// The package.
        name: String,
        /// Files, or settings that replace the compiler.
        inputs: Vec<String>,
        /// What to do.
        remedy: &'static str,
    },
    /// A tool is not on this machine.
    #[error("`{tool}` cannot be started: {reason}. {remedy}")]
    ToolMissing {
        /// The program.
        tool: String,
        /// The system's reason.
        reason: String,
        /// How to get it.
        remedy: String,
    },
    /// The compiler is not the one that the workspace names.
    #[error(
        "The workspace's toolchain file, rust-toolchain.toml or rust-toolchain, asks for Rust {wanted}, and `rustc` is {found}. Install rustup from https://rustup.rs, which reads the file, or install Rust {wanted}."
    )]
    CompilerMismatch {
        /// The version in the file.
        wanted: String,
        /// What `rustc --version` prints.
        found: String,
    },
    /// The toolchain lacks the standard library of the target.
    #[error("The Rust toolchain at {} has no standard library for {target}. Run `rustup target add {target}` in the workspace's folder, or install your distribution's package of it if rustup did not install this toolchain.", sysroot.display())]
    TargetMissing {
        /// The Rust target.
        target: String,
        /// The toolchain.
        sysroot: PathBuf,
    },
    /// Plain cargo cannot link for another system or processor.
    #[error(
        "`cargo build` on this machine cannot link for {target}. Choose the compiler `zigbuild` (or `auto`)."
    )]
    CannotCross {
        /// The Rust target.
        target: String,
    },
    /// The compilation failed.
    #[error("{rendered}")]
    Compilation {
        /// The errors as rustc or cargo render them.
        rendered: String,
    },
    /// Sources changed under way.
    #[error(
        "The sources of `{name}` changed since fingerprint {expected} was taken; it is now {found}. Plan again. A file that changes by itself belongs into .gitignore."
    )]
    SourcesChanged {
        /// The package.
        name: String,
        /// The fingerprint that was asked for.
        expected: String,
        /// The fingerprint of what is on the disk.
        found: String,
    },
    /// The artifact store fails, or holds what it should not.
    #[error("Cannot {action} {address}: {fault}.")]
    Store {
        /// What failed.
        action: &'static str,
        /// The object.
        address: String,
        /// Why, and what to do.
        fault: Box<StoreFault>,
    },
    /// AWS cannot be used at all.
    #[error("Cannot use S3: {0}.")]
    Aws(Box<StoreFault>),
    /// What is stored is not what the sources compile to.
    #[error(
        "{address} is not what these sources compile to: its SHA-256 is {stored}, and theirs is {compiled}. Either somebody put another zip there, or this toolchain is not the one that compiled it. Do not deploy it. Find out who wrote it, and delete it."
    )]
    StoreMismatch {
        /// The zip in the store.
        address: String,
        /// Its SHA-256.
        stored: String,
        /// The SHA-256 of what was compiled here.
        compiled: String,
    },
    /// A release's version is no semantic version.
    #[error(
        "`{text}` cannot be the version of a release: {reason}. Use three numbers, such as 1.4.0, or a pre-release, such as 1.4.0-rc.1."
    )]
    VersionInvalid {
        /// As given.
        text: String,
        /// What is wrong.
        reason: String,
    },
    /// A version constraint cannot be understood.
    #[error(transparent)]
    ConstraintInvalid(#[from] ConstraintError),
    /// A version is published with other contents.
    #[error(transparent)]
    ReleaseTaken(Box<Taken>),
    /// No release is what is asked for.
    #[error(transparent)]
    ReleaseMissing(Box<Missing>),
    /// A release is not the one that the configuration pins.
    #[error(
        "`{name}` {version} has the SHA-256 {published}, and `sha256` says {pinned}. Use the release that you have checked, or, after you have checked this one, correct `sha256`."
    )]
    ReleaseNotPinned {
        /// The function.
        name: String,
        /// Which release.
        version: String,
        /// The SHA-256 of its zip.
        published: String,
        /// As given.
        pinned: String,
    },
    /// A release is not signed by the key that the configuration names.
    #[error("{address} is not signed by `public_key`: {reason}.")]
    Signature {
        /// The zip.
        address: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A zip that is to be published is nowhere.
    #[error("The zip {} of `{name}` is not on this disk, and its package has no store. Make it again by `terraform apply -replace=ADDRESS` with the address of its rustlambda_package, or give the package a store.", file.display())]
    ReleaseZipMissing {
        /// The function.
        name: String,
        /// Where the zip was.
        file: PathBuf,
    },
    /// The executable or the zip is not fit for Lambda.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Error {
    /// AWS cannot be used at all.
    pub(crate) fn aws(fault: StoreFault) -> Self {
        Self::Aws(Box::new(fault))
    }

    /// For `map_err` on what reads `path`.
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Read {
            path: path.to_owned(),
            source: Arc::new(source),
        }
    }

    /// For `map_err` on what writes `path`.
    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Write {
            path: path.to_owned(),
            source: Arc::new(source),
        }
    }

    /// For `map_err` on what parses `path`.
    pub(crate) fn unparseable<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Self {
        move |reason| Self::Unparseable {
            path: path.to_owned(),
            reason: cut(&reason.to_string()),
        }
    }
}

/// Shortens what a parser says: it quotes the line at fault, which may be the whole file.
fn cut(reason: &str) -> String {
    let line = |line: &str| match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    };
    let lines: Vec<_> = reason
        .trim_end()
        .lines()
        .take(MAX_LINES)
        .map(line)
        .collect();
    lines.join("\n")
}

fn list(names: &[String]) -> String {
    names.join(", ")
}

fn list_lines(items: &[String]) -> String {
    items.iter().map(|item| format!("\n  - {item}")).collect()
}
