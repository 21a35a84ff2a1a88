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

/// No release is what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "No release of `{name}` for {architecture} in {address} matches {constraint}. {}",
    self.hint()
)]
pub struct Missing {
    /// The function.
    pub name: String,
    /// For which processor.
    pub architecture: &'static str,
    /// Where releases lie.
    pub address: String,
    /// As given.
    pub constraint: String,
    /// The versions that are there, the newest first.
    pub published: Vec<String>,
    /// Where no version is there: the names that have releases, the most similar first.
    pub names: Vec<String>,
}

impl Missing {
    fn hint(&self) -> String {
        let Self {
            name,
            architecture,
            published,
            names,
            ..
        } = self;
        match names.first() {
            _ if !published.is_empty() => format!("Published are: {}", published.join(", ")),
            None => "Nothing is published under this prefix.".to_owned(),
            Some(_) if names.contains(name) => {
                format!(
                    "It has no release for {architecture}: publish one, or choose the other architecture."
                )
            }
            // Jaro-Winkler: 1 is equal; above 0.8 lie typing errors, not other words.
            Some(first) if strsim::jaro_winkler(first, name) > 0.8 => {
                format!("Did you mean `{first}`?")
            }
            Some(_) => format!("The names with releases there are: {}", names.join(", ")),
        }
    }
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
