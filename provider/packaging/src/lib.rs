//! From Rust sources to a zip that AWS Lambda runs, the same bytes everywhere.
//!
//! The folders, each of which uses only those before it: `workspace` (what cargo's files say),
//! `plan` (the inputs of a build and their fingerprint), `build` (from the plan to a zip), `store`
//! (where zips lie). [`Package`] puts them together:
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

mod build;
mod cache;
mod checksum;
mod error;
mod outcome;
mod package;
mod plan;
mod request;
mod store;
mod workspace;
mod zip_manifest;

pub use build::builder::Builder;
pub use checksum::Checksum;
pub use error::{ConstraintError, Error, Input, Missing, Refusal, Result, StoreFault, Taken};
pub use outcome::{BuildOutcome, Unpinned};
pub use package::Package;
pub use plan::fingerprint::Fingerprint;
pub use request::{Architecture, CargoBuild, Compiler, Request, Runtime, Source};
/// The versions of releases.
pub use semver::Version;
pub use store::artifacts::Store;
pub use store::aws::{
    AssumeRole, AwsSettings, Endpoints, ROLE_DURATION, RetryMode, Token, WebIdentity,
};
pub use store::constraint::Constraint;
pub use store::local::{Artifact, ArtifactId, file_hash};
pub use store::place::{Place, normal_prefix};
pub use store::releases::{Publication, Published, Release, Releases, StoredZip, new_publisher};
pub use store::s3::{S3, Stored};
pub use store::signature::PublicKey;
pub use store::version::release_version;
pub use workspace::manifest::crate_version;
pub use workspace::members::{LambdaBinary, lambda_binaries};
pub use workspace::untracked::{Untracked, UntrackedInput};
