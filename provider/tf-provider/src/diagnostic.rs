//! Errors and warnings for Terraform's users, with the attribute at fault.

use std::error::Error;

use crate::value::{Path, ValueError};

/// The result of an operation of a provider.
pub type Result<T, E = Diagnostics> = std::result::Result<T, E>;

/// One error or warning.
///
/// Terraform shows the summary as a headline, the detail as a paragraph below
/// it, and underlines the attribute in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it fails the operation.
    pub severity: Severity,
    /// One line without a full stop.
    pub summary: String,
    /// What is wrong and what to do; may be empty.
    pub detail: String,
    /// The attribute at fault; the root for the whole block.
    pub path: Path,
}

/// The severity of a [`Diagnostic`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Fails the operation.
    Error,
    /// Does not fail the operation.
    Warning,
}

impl Diagnostic {
    /// Creates an error.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::root(),
        }
    }

    /// Creates a warning.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(summary, detail)
        }
    }

    /// Creates an error whose detail is `error` and its causes.
    pub fn from_error(summary: impl Into<String>, error: &(dyn Error + 'static)) -> Self {
        let mut detail = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            detail.push_str(": ");
            detail.push_str(&error.to_string());
            cause = error.source();
        }
        Self::error(summary, detail)
    }

    /// Returns the same diagnostic, about the attribute at this path.
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }
}

/// An error about the attribute whose value is invalid.
impl From<ValueError> for Diagnostic {
    fn from(error: ValueError) -> Self {
        let mut detail = format!("{}.", error.kind);
        if let Some(first) = detail.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let summary = match error.path.is_root() {
            true => "Invalid value".to_owned(),
            false => format!("Invalid value for {}", error.path),
        };
        Self::error(summary, detail).at(error.path)
    }
}

/// The errors and warnings of one operation.
///
/// `?` turns any error into one; [`Explain::explain`] gives it a headline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Creates an empty collection.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: impl Into<Diagnostic>) {
        self.0.push(diagnostic.into());
    }

    /// Returns whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns them in the order in which they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Fails with these if one of them is an error. Drops warnings otherwise: pass those
    /// to [`Context::report`](crate::Context::report).
    pub fn into_result(self) -> Result<()> {
        if self.has_errors() { Err(self) } else { Ok(()) }
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl<E: Error + 'static> From<E> for Diagnostics {
    fn from(error: E) -> Self {
        let error: &(dyn Error + 'static) = &error;
        match error.downcast_ref::<ValueError>() {
            Some(value) => Diagnostic::from(value.clone()).into(),
            None => Diagnostic::from_error("The operation failed", error).into(),
        }
    }
}

/// Turns errors into diagnostics.
pub trait Explain<T> {
    /// Turns an error into a diagnostic with this summary and the error as its detail.
    ///
    /// ```
    /// use tf_provider::{Explain, Result};
    ///
    /// fn read(path: &str) -> Result<String> {
    ///     std::fs::read_to_string(path).explain("The note cannot be read")
    /// }
    /// ```
    fn explain(self, summary: &str) -> Result<T>;

    /// Does the same, about the attribute at this path.
    fn explain_at(self, path: impl Into<Path>, summary: &str) -> Result<T>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Explain<T> for std::result::Result<T, E> {
    fn explain(self, summary: &str) -> Result<T> {
        self.explain_at(Path::root(), summary)
    }

    fn explain_at(self, path: impl Into<Path>, summary: &str) -> Result<T> {
        self.map_err(|error| {
            let error: Box<dyn Error + Send + Sync> = error.into();
            Diagnostic::from_error(summary, error.as_ref())
                .at(path)
                .into()
        })
    }
}
