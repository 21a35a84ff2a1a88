//! What can be wrong with a value.

use std::fmt;

use super::{Path, Step};

/// A value that does not fit, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// Where, from the whole value inwards.
    pub path: Path,
    /// What is wrong there.
    pub kind: ValueErrorKind,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueErrorKind {
    /// Another kind of value stands there.
    #[error("{expected} is needed here, and this is {found}")]
    Mismatch {
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A value that has to be known is not.
    #[error("a value that is known before apply is needed here")]
    Unknown,
    /// A value that has to be there is null.
    #[error("a value is needed here")]
    Null,
    /// The bytes are not an encoded value, or exceed a bound.
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
        Self::new(ValueErrorKind::Malformed(message.into()))
    }

    pub(crate) fn mismatch(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(ValueErrorKind::Mismatch {
            expected: expected.into(),
            found: found.into(),
        })
    }

    /// The same error, seen from one level further out.
    pub(crate) fn under(mut self, step: Step) -> Self {
        self.path = self.path.under(step);
        self
    }
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
