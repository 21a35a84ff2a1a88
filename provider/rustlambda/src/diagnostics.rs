//! Packaging's errors as Terraform shows them.

use std::path::PathBuf;

use packaging::{Error, Input, Stored, Unpinned, UntrackedInput};
use tf_provider::Diagnostic;

/// An error at the argument of `rustlambda_package` that it is about.
pub(crate) fn of(error: &Error) -> Diagnostic {
    at(error, package_argument)
}

/// An error at the argument of `rustlambda_release` that it is about.
pub(crate) fn of_release(error: &Error) -> Diagnostic {
    at(error, release_argument)
}

/// The most files that a warning lists.
const LISTED: usize = 5;

/// A warning about files whose change plans nothing.
pub(crate) fn untracked(name: &str, files: &[UntrackedInput]) -> Diagnostic {
    let detail = format!(
        "These files were compiled into `{name}`, and the fingerprint does not track them: a change \
         of these alone plans nothing.{}",
        list(files.iter().map(UntrackedInput::to_string))
    );
    Diagnostic::warning("The fingerprint does not track some inputs", detail)
}

/// A warning about configuration that only cargo in a shell would read.
pub(crate) fn ineffective(files: &[PathBuf]) -> Diagnostic {
    let detail = format!(
        "These files lie above the workspace, and a build does not read them, because not every \
         checkout has them:{}\nMove what the function needs of them into the workspace's folder.",
        list(files.iter().map(|file| file.display().to_string()))
    );
    Diagnostic::warning("Some configuration has no effect", detail)
}

fn list(items: impl ExactSizeIterator<Item = String>) -> String {
    let more = items.len().saturating_sub(LISTED);
    let shown = items.take(LISTED).map(|item| format!("\n  - {item}"));
    let mut list: String = shown.collect();
    if more > 0 {
        list += &format!("\n  - and {more} more");
    }
    list
}

/// A warning about a workspace whose compiler is another on another machine.
pub(crate) fn unpinned(advice: &Unpinned) -> Diagnostic {
    let Unpinned { file, version } = advice;
    let detail = format!(
        "Another machine may compile the function with another version of Rust, and so to other \
         bytes. Add {} with these lines:\n\n[toolchain]\nchannel = \"{version}\"",
        file.display()
    );
    Diagnostic::warning("The workspace does not name its compiler", detail)
}

/// A warning about a package that is there to be destroyed, and cannot be applied any more.
pub(crate) fn cannot_apply(error: &Error) -> Diagnostic {
    let error = of(error);
    let detail = format!(
        "{}\nUntil this is mended, the package can be destroyed, and an apply fails.",
        error.detail
    );
    Diagnostic::warning(error.summary, detail).at(error.path)
}

/// A warning about a stored zip that has other bytes than the state.
pub(crate) fn overwritten(stored: &Stored) -> Diagnostic {
    let Stored {
        bucket,
        key,
        sha256,
        ..
    } = stored;
    let detail = format!(
        "s3://{bucket}/{key} now has the SHA-256 {}, which no apply of this state has put there. The \
         functions keep what they have. Find out who wrote it. Then delete it, so that the next apply \
         stores the zip of the sources again.",
        sha256.hex()
    );
    Diagnostic::warning("The stored zip is not the one that was applied", detail).at("store")
}

fn at(error: &Error, argument: fn(Input) -> Option<&'static str>) -> Diagnostic {
    let summary = match error {
        Error::Compilation { .. } => "The function does not compile",
        Error::Refused(_) => "AWS Lambda could not run the function",
        Error::SourcesChanged { .. } => "The sources changed since the plan",
        Error::CompilerMismatch { .. }
        | Error::ToolMissing { .. }
        | Error::ToolsMissing { .. }
        | Error::TargetMissing { .. } => "A build tool is missing",
        Error::Untracked { .. } => "The package cannot be published",
        Error::Store { .. } | Error::Aws(_) => "The artifact store does not work",
        Error::StoreMismatch { .. } => "The stored zip is not what the sources compile to",
        Error::ReleaseNotPinned { .. } => "The release is not the pinned one",
        Error::Signature { .. } => "The release is not signed",
        Error::ReleaseTaken(_) => "The version is taken",
        Error::VersionInvalid { .. } => "The version cannot be published",
        Error::ReleaseZipMissing { .. } => "There is nothing to publish",
        Error::ConstraintInvalid(_) => "The version constraint is not one",
        Error::ReleaseMissing(_) => "There is no such release",
        _ => "The function cannot be packaged",
    };
    let diagnostic = Diagnostic::error(summary, error.to_string());
    match error.input().and_then(argument) {
        Some(argument) => diagnostic.at(argument),
        None => diagnostic,
    }
}

fn release_argument(input: Input) -> Option<&'static str> {
    match input {
        Input::Store => Some("store"),
        Input::Version => Some("version"),
        Input::Zip => Some("package"),
        Input::Constraint => Some("version_constraint"),
        Input::Name => Some("name"),
        Input::Sha256 => Some("sha256"),
        Input::PublicKey => Some("public_key"),
        _ => None,
    }
}

fn package_argument(input: Input) -> Option<&'static str> {
    Some(match input {
        Input::Manifest => "manifest_path",
        Input::Package => "package",
        Input::Binary => "binary",
        Input::Profile => "profile",
        Input::Features => "features",
        Input::Environment => "environment",
        Input::Compiler => "compiler",
        Input::Architecture => "architecture",
        Input::Assets => "assets",
        Input::Executable => "binary_path",
        Input::Store => "store",
        _ => return None,
    })
}
