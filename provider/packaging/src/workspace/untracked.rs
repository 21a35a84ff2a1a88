//! Why a file that is compiled in is not an input of the fingerprint.

use std::fmt;
use std::path::PathBuf;

/// A file that was compiled in and that the fingerprint does not track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UntrackedInput {
    /// The file.
    pub path: PathBuf,
    /// Why it does not count.
    pub reason: Untracked,
}

impl fmt::Display for UntrackedInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.path.display(), self.reason)
    }
}

/// The reason why a file is an untracked input, with the way to make it count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Untracked {
    /// It lies neither in the workspace nor in a package that the binary is made of.
    Outside,
    /// It lies in the workspace, in none of the packages that the binary is made of.
    OtherPackage,
    /// A `.gitignore` names it.
    Ignored(PathBuf),
    /// `package.exclude` names it.
    Excluded,
    /// `package.include` is set and does not name it.
    NotIncluded,
    /// It belongs to a test, a benchmark, an example or another binary.
    OtherTarget,
    /// Its name is that of files that Terraform, git, an editor or the system leaves.
    Litter,
    /// It is a README, a CHANGELOG or a LICENSE.
    Document,
    /// It lies in a target folder or another cache.
    BuildOutput,
    /// It counts by its meaning, as the lock file does.
    Configuration,
    /// It counts by its place, and was not there or not readable when the fingerprint was taken.
    Unreadable,
}

impl fmt::Display for Untracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let included = "Include it by a literal path (include_str!, include_bytes!, include!)";
        match self {
            Self::Outside => write!(
                f,
                "it lies outside of the workspace. Move it into the workspace, and include it by a literal path"
            ),
            Self::OtherPackage => write!(
                f,
                "it lies in no package of the dependency closure. {included}, or move it into the package"
            ),
            Self::Ignored(file) => write!(
                f,
                "{} ignores it. Take it out there, name it in package.include, or include it by a literal path",
                file.display()
            ),
            Self::Excluded => write!(f, "package.exclude names it. Take it out there"),
            Self::NotIncluded => write!(f, "package.include does not name it. Add it there"),
            Self::OtherTarget => write!(
                f,
                "it belongs to a test, a benchmark, an example or another binary. {included}, or move it into src/"
            ),
            Self::Litter => write!(
                f,
                "files of this name are left by Terraform, git, editors or the system. Rename it"
            ),
            Self::Document => write!(
                f,
                "README, CHANGELOG and LICENSE do not count. {included}, or rename it"
            ),
            Self::BuildOutput => write!(
                f,
                "it lies in a folder of build outputs. Write it to OUT_DIR, or move it into src/"
            ),
            Self::Configuration => write!(
                f,
                "cargo's and rustup's own files count by their meaning. Move what is compiled in to another file"
            ),
            Self::Unreadable => write!(
                f,
                "it was not there, or not readable, when the fingerprint was taken. Plan again"
            ),
        }
    }
}
