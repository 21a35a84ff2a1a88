//! Packaging's errors as Terraform shows them.

use packaging::{Error, Input};
use tf_provider::Diagnostic;

/// An error at the argument that it is about.
pub(crate) fn of(error: &Error) -> Diagnostic {
    let summary = match error {
        Error::Compilation { .. } => "The function does not compile",
        Error::Refused(_) => "AWS Lambda could not run the function",
        Error::SourcesChanged { .. } => "The sources changed since the plan",
        Error::ToolMissing { .. } | Error::TargetMissing { .. } => "A build tool is missing",
        Error::Store { .. } => "The artifact store does not work",
        _ => "The function cannot be packaged",
    };
    let diagnostic = Diagnostic::error(summary, error.to_string());
    match error.input().map(argument) {
        Some(argument) => diagnostic.at(argument),
        None => diagnostic,
    }
}

/// The argument of `rustlambda_package` that gives a part of packaging's request.
fn argument(input: Input) -> &'static str {
    match input {
        Input::Manifest => "manifest_path",
        Input::Package => "package",
        Input::Binary => "binary",
        Input::Profile => "profile",
        Input::Features => "features",
        Input::Compiler => "compiler",
        Input::Architecture => "architecture",
        Input::Assets => "assets",
        Input::Executable => "binary_path",
        Input::Store => "store",
    }
}
