//! From Rust sources to a zip that AWS Lambda runs, the same bytes everywhere.
//!
//! The steps, each in the module of its name:
//!
//! 1. [`Package::resolve`] reads manifests, `Cargo.lock` and source files, and gives the package's
//!    fingerprint: a hash over everything that can change the binary, and over nothing else. It
//!    starts no process, needs no compiler and no downloaded dependency, so that it is quick and
//!    the same on every machine.
//! 2. [`Package::find`] looks whether the artifact of that fingerprint is at hand, [`Store::find`]
//!    whether it is in S3.
//! 3. [`Package::build`] compiles (a [`Builder`] puts what is asked for together into one cargo
//!    process), inspects the executable, and writes the zip.
//!
//! [`Releases`] are artifacts with a semantic version, for those who do not have the sources.
//!
//! A build logs how far it is, at level INFO: `compiling 213/340: serde`.
//!
//! The crate knows AWS Lambda and cargo. It knows nothing of Terraform.

mod archive;
mod artifact;
mod assets;
mod builder;
mod cargo;
mod checksum;
mod config;
mod constraint;
mod depinfo;
mod elf;
mod error;
mod files;
mod fingerprint;
mod inspect;
mod lock;
mod lockfile;
mod manifest;
mod outside;
mod package;
mod process;
mod progress;
mod provenance;
mod reach;
mod release;
mod request;
mod rustflags;
mod s3;
mod sources;
mod store;
mod toolchain;
mod version;
mod workspace;

pub use artifact::{Artifact, file_hash};
pub use builder::Builder;
pub use checksum::Checksum;
pub use constraint::{Constraint, ConstraintError};
pub use error::{Error, Input};
pub use fingerprint::Fingerprint;
pub use inspect::Refusal;
pub use manifest::crate_version;
pub use package::{Made, Package};
pub use release::{Publication, Release, Releases, StoredZip, Taken};
pub use request::{Architecture, CargoBuild, Compiler, Request, Runtime, Source};
pub use s3::{S3, Stored};
/// The versions of releases.
pub use semver::Version;
pub use store::Store;
pub use version::release_version;
pub use workspace::{LambdaBinary, lambda_binaries};

/// What this crate's fallible functions give.
pub type Result<T, E = Error> = std::result::Result<T, E>;
