//! Errors of values.

use std::fmt;

use super::{Path, Step, excerpt};

/// The longest part of a message, in bytes: room for a quoted value and a sentence about it.
const MAX_PART: usize = 1024;

/// An error in a value, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// The place, from the whole value inwards.
    pub path: Path,
    /// What is wrong there.
    pub kind: ValueErrorKind,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueErrorKind {
    /// A value of another kind.
    #[error("expected {expected}, found {found}")]
    Mismatch {
        /// The kind that is expected.
        expected: String,
        /// The kind that is there.
        found: String,
    },
    /// An unknown value where a known one is required.
    #[error("expected a known value, found one that is known only after apply")]
    Unknown,
    /// Null where a value is required.
    #[error("expected a value, found null")]
    Null,
    /// Bytes that do not encode a value, or exceed a bound.
    #[error("{0}")]
    Malformed(String),
}

impl ValueError {
    pub(crate) fn new(kind: ValueErrorKind) -> Self {
        Self {
            path: Path::root(),
            kind,
        }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ValueErrorKind::Malformed(cut(&message.into())))
    }

    pub(crate) fn mismatch(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(ValueErrorKind::Mismatch {
            expected: cut(&expected.into()),
            found: cut(&found.into()),
        })
    }

    /// Returns the same error, seen from one level further out.
    pub(crate) fn under(mut self, step: Step) -> Self {
        self.path = self.path.under(step);
        self
    }
}

fn cut(text: &str) -> String {
    excerpt(text, MAX_PART).into_owned()
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            write!(f, "{}", self.kind)
        } else {
            write!(f, "{}: {}", self.path, self.kind)
        }
    }
}

impl std::error::Error for ValueError {}
