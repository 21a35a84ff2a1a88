//! How a call to the outside fails, as far as a function has to know.

use std::error::Error;

use crate::problem::Problem;

/// A port did not do what it was asked. Whether it was done all the same is not known.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed")]
pub struct PortError {
    /// What was asked, such as `PutObject on bucket x`.
    pub operation: String,
    /// What kind of failure it is.
    pub kind: PortErrorKind,
    /// What the service said.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// What kind of failure a [`PortError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortErrorKind {
    /// Throttled, timed out, or out of order on the service's side: later may do.
    Busy,
    /// Anything else, such as a permission that is missing: somebody has to mend it.
    Broken,
    /// What is stored there makes no sense, whoever reads it again.
    Unreadable,
}

/// Outcome of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// It was written.
    Done,
    /// The condition did not hold; nothing was written.
    Conflict,
}

impl PortError {
    /// A failure that somebody has to mend: `source` says what makes no sense.
    pub fn broken(
        operation: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            operation: operation.into(),
            kind: PortErrorKind::Broken,
            source: source.into(),
        }
    }
}

impl PortErrorKind {
    /// What a client is answered when `cause` is of this kind: 503 or 500.
    pub fn problem(self, cause: impl Error + Send + Sync + 'static) -> Problem {
        match self {
            Self::Busy => Problem::unavailable(cause),
            Self::Broken | Self::Unreadable => Problem::internal(cause),
        }
    }
}

impl From<PortError> for Problem {
    fn from(error: PortError) -> Self {
        error.kind.problem(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_invites_to_try_again() {
        for (kind, status) in [
            (PortErrorKind::Busy, 503),
            (PortErrorKind::Broken, 500),
            (PortErrorKind::Unreadable, 500),
        ] {
            let problem = Problem::from(PortError {
                operation: "PutItem".into(),
                kind,
                source: "denied".into(),
            });
            assert_eq!(problem.status(), status);
            assert_eq!(problem.cause().unwrap().to_string(), "PutItem failed");
        }
    }
}
