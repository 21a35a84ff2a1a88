//! What the value of an attribute has to satisfy.

use std::{fmt, ops::RangeInclusive, sync::Arc};

use crate::{
    model::Field,
    value::{Number, Value},
};

/// A check of an attribute's value, with a sentence that says what it asks.
///
/// It runs on values that are known and not null.
#[derive(Clone)]
pub struct Validator {
    description: String,
    check: Arc<Check>,
}

type Check = dyn Fn(&Value) -> Result<(), String> + Send + Sync;

impl Validator {
    /// A check of a value as the Rust type `T`.
    ///
    /// `description` completes "The value …", as in "must not end in a slash";
    /// `check` gives an error that says what is wrong with this value.
    pub fn new<T: Field + 'static>(
        description: impl Into<String>,
        check: impl Fn(&T) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        let check = Arc::new(move |value: &Value| {
            // A value that is not of type T has its error from decoding already.
            T::from_value(value).map_or(Ok(()), |value| check(&value))
        });
        Self {
            description: description.into(),
            check,
        }
    }

    /// What it asks, completing "The value …".
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

/// One of these strings.
pub fn one_of<const N: usize>(allowed: [&str; N]) -> Validator {
    let allowed = allowed.map(str::to_owned);
    let names = allowed.each_ref().map(|name| format!("`{name}`"));
    let description = format!("must be one of {}", names.join(", "));
    let message = description.replace('`', "\"");
    Validator::new(description, move |value: &String| {
        if allowed.contains(value) {
            Ok(())
        } else {
            Err(format!("{message}, and is {value:?}"))
        }
    })
}

/// Text of so many characters.
pub fn length(characters: RangeInclusive<usize>) -> Validator {
    let (min, max) = (*characters.start(), *characters.end());
    let description = format!("must have {min} to {max} characters");
    Validator::new(description.clone(), move |value: &String| {
        match value.chars().count() {
            count if characters.contains(&count) => Ok(()),
            count => Err(format!("{description}, and has {count}")),
        }
    })
}

/// Text that is not empty.
pub fn non_empty() -> Validator {
    Validator::new("must not be empty", |value: &String| {
        match value.is_empty() {
            true => Err("must not be empty".to_owned()),
            false => Ok(()),
        }
    })
}

/// A number within these bounds.
pub fn between(bounds: RangeInclusive<i64>) -> Validator {
    let description = format!("must be between {} and {}", bounds.start(), bounds.end());
    Validator::new(description.clone(), move |value: &Number| {
        let (start, end) = (Number::from(*bounds.start()), Number::from(*bounds.end()));
        if (&start..=&end).contains(&value) {
            Ok(())
        } else {
            Err(format!("{description}, and is {value}"))
        }
    })
}
