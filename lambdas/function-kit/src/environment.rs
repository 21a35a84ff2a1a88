//! Configuration from the environment, with errors that name the variable.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

/// The function's environment variables, read once when it starts.
#[derive(Debug, Clone, Default)]
pub struct Environment(HashMap<String, String>);

/// A variable that keeps the function from starting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    /// The variable is absent or empty.
    #[error("environment variable {name} is not set; set it in the function's configuration")]
    Missing {
        /// Name of the variable.
        name: String,
    },
    /// The variable holds something that the function cannot use.
    #[error("environment variable {name} is \"{value}\": {reason}")]
    Invalid {
        /// Name of the variable.
        name: String,
        /// What it holds.
        value: String,
        /// What is wrong with that.
        reason: String,
    },
}

impl Environment {
    /// The variables of this process. One that is not Unicode counts as absent.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The variable's value.
    ///
    /// # Errors
    /// [`EnvironmentError::Missing`] when it is absent or empty: Lambda keeps empty variables,
    /// and no name or address of ours is ever empty.
    pub fn required(&self, name: &str) -> Result<String, EnvironmentError> {
        self.non_empty(name)
            .map(str::to_owned)
            .ok_or_else(|| EnvironmentError::Missing { name: name.into() })
    }

    /// The variable's value as a `T`, or `default` when it is absent or empty.
    ///
    /// # Errors
    /// [`EnvironmentError::Invalid`] when the value is not a `T`.
    pub fn parsed_or<T>(&self, name: &str, default: T) -> Result<T, EnvironmentError>
    where
        T: FromStr<Err: Display>,
    {
        self.parsed(name).map(|value| value.unwrap_or(default))
    }

    /// The variable's value as a `T`, if it is there and not empty.
    ///
    /// # Errors
    /// [`EnvironmentError::Invalid`] when the value is not a `T`.
    pub fn parsed<T>(&self, name: &str) -> Result<Option<T>, EnvironmentError>
    where
        T: FromStr<Err: Display>,
    {
        let parse = |value: &str| {
            value
                .parse()
                .map_err(|error: T::Err| EnvironmentError::Invalid {
                    name: name.into(),
                    value: value.into(),
                    reason: error.to_string(),
                })
        };
        self.non_empty(name).map(parse).transpose()
    }

    fn non_empty(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        (!value.is_empty()).then_some(value)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_or_empty_variable_is_named() {
        for environment in [
            Environment::default(),
            Environment::from_iter([("UPLOADS_BUCKET", "")]),
        ] {
            let error = environment.required("UPLOADS_BUCKET").unwrap_err();
            assert!(error.to_string().contains("UPLOADS_BUCKET"), "{error}");
        }
    }

    #[test]
    fn an_unusable_value_is_shown_beside_its_name() {
        let environment = Environment::from_iter([("LIMIT", "many")]);
        let error = environment.parsed_or("LIMIT", 1_u32).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("LIMIT") && text.contains("many"), "{text}");
        assert_eq!(environment.parsed_or("OTHER", 1_u32), Ok(1));
    }
}
