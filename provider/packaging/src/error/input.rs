//! Which part of a request is at fault.

use super::Error;

/// Which part of the request an error is about, so that a caller can point at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// [`crate::CargoBuild::manifest`]
    Manifest,
    /// [`crate::CargoBuild::package`]
    Package,
    /// [`crate::CargoBuild::binary`]
    Binary,
    /// [`crate::CargoBuild::profile`]
    Profile,
    /// [`crate::CargoBuild::features`]
    Features,
    /// [`crate::CargoBuild::environment`]
    Environment,
    /// [`crate::CargoBuild::compiler`]
    Compiler,
    /// [`crate::Request::architecture`]
    Architecture,
    /// [`crate::Request::assets`]
    Assets,
    /// [`crate::Source::Executable`]
    Executable,
    /// [`crate::Store`] or [`crate::Releases`]
    Store,
    /// [`crate::Publication::version`]
    Version,
    /// [`crate::Publication::file`]
    Zip,
    /// [`crate::Constraint`]
    Constraint,
    /// The name of a release.
    Name,
    /// The SHA-256 that a release is pinned to.
    Sha256,
    /// The publisher's key.
    PublicKey,
}

impl Error {
    /// The part of the request that the error is about, if it is about one.
    pub fn input(&self) -> Option<Input> {
        Some(match self {
            Self::ManifestMissing { .. }
            | Self::ManifestIsDirectory { .. }
            | Self::Unparseable { .. } => Input::Manifest,
            Self::LockMissing { .. } | Self::LockStale { .. } => Input::Manifest,
            Self::PackageNotChosen { .. } | Self::PackageUnknown { .. } => Input::Package,
            Self::NoBinary { .. } | Self::BinaryNotChosen { .. } | Self::BinaryUnknown { .. } => {
                Input::Binary
            }
            Self::ProfileUnknown { .. } => Input::Profile,
            Self::FeatureUnknown { .. } => Input::Features,
            Self::TargetMissing { .. } => Input::Architecture,
            Self::CannotCross { .. } => Input::Compiler,
            Self::Environment { .. } => Input::Environment,
            Self::Asset { .. } => Input::Assets,
            Self::Store { .. } | Self::Aws(_) | Self::StoreMismatch { .. } => Input::Store,
            Self::VersionInvalid { .. } | Self::ReleaseTaken(_) => Input::Version,
            Self::ConstraintInvalid(_) => Input::Constraint,
            Self::ReleaseMissing(missing) if missing.published.is_empty() => Input::Name,
            Self::ReleaseMissing(_) => Input::Constraint,
            Self::ReleaseNotPinned { .. } => Input::Sha256,
            Self::Signature { .. } => Input::PublicKey,
            Self::ReleaseZipMissing { .. } => Input::Zip,
            _ => return None,
        })
    }
}
