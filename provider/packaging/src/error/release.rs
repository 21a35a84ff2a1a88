//! Errors of versions and their constraints.

/// A version that is published with other contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` {version} is published with other contents: fingerprint {published}, on {published_at}; it is now {given}. A release never changes. The next free version is {next}."
)]
pub struct Taken {
    /// The function.
    pub name: String,
    /// As given.
    pub version: String,
    /// The fingerprint of what is published.
    pub published: String,
    /// When it was published.
    pub published_at: String,
    /// The fingerprint of what was to be published.
    pub given: String,
    /// The next free version.
    pub next: String,
}

/// A constraint that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a version constraint: {reason}. It looks like `~> 1.4`, `1.4.2` or `>= 1.4, < 3.0, != 2.0.1`."
)]
pub struct ConstraintError {
    pub(crate) text: String,
    pub(crate) reason: String,
}
