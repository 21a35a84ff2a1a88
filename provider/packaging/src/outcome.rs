//! What a build gives.

use std::path::PathBuf;

use crate::workspace::untracked::UntrackedInput;

/// The result of a build, and the warnings it produced. Where nothing was compiled there are none.
#[derive(Debug, Clone)]
pub struct BuildOutcome<T> {
    /// The zip, or where it is stored.
    pub zip: T,
    /// Files that were compiled in and that the fingerprint does not track.
    pub untracked: Vec<UntrackedInput>,
    /// The toolchain file that would make every machine use this compiler.
    pub unpinned: Option<Unpinned>,
    /// Cargo's configuration and toolchain files above the workspace, which have no effect.
    pub ineffective: Vec<PathBuf>,
}

/// A workspace that leaves the compiler open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpinned {
    /// The file to add a line to.
    pub file: PathBuf,
    /// The version of the compiler that was used, for the line `channel = "<version>"`.
    pub version: String,
}

impl<T> BuildOutcome<T> {
    /// Without a compilation.
    pub(crate) fn found(zip: T) -> Self {
        Self {
            zip,
            untracked: Vec::new(),
            unpinned: None,
            ineffective: Vec::new(),
        }
    }

    /// Puts another value in the zip's place.
    pub fn map<U>(self, zip: impl FnOnce(T) -> U) -> BuildOutcome<U> {
        BuildOutcome {
            zip: zip(self.zip),
            untracked: self.untracked,
            unpinned: self.unpinned,
            ineffective: self.ineffective,
        }
    }
}
