//! Checks of single values.

use std::fmt;
use std::sync::Arc;

use crate::value::Value;

/// A check of an attribute's value.
///
/// It runs on values that are known and not null.
#[derive(Clone)]
pub struct Validator {
    description: String,
    check: Arc<Check>,
}

type Check = dyn Fn(&Value) -> Result<(), String> + Send + Sync;

impl Validator {
    pub(crate) fn of_value(
        description: impl Into<String>,
        check: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            description: description.into(),
            check: Arc::new(check),
        }
    }

    /// Returns what it requires, as a clause that completes "The value …".
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        (self.check)(value)
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Validator").field(&self.description).finish()
    }
}
