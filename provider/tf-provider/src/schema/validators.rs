//! Validators of common kinds.

use std::ops::RangeInclusive;

use crate::block::Validator;
use crate::model::Field;
use crate::value::{MAX_EXCERPT, Number, Value, excerpt, quoted};

impl Validator {
    /// Creates a check of a value as the Rust type `T`.
    ///
    /// `description` completes "The value …", as in "must not end in a slash";
    /// `check` returns an error that says what is wrong with the value.
    pub fn new<T: Field + 'static>(
        description: impl Into<String>,
        check: impl Fn(&T) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self::of_value(description, move |value: &Value| {
            // Decoding reports a value that is not of type T.
            T::from_value(value).map_or(Ok(()), |value| check(&value))
        })
    }
}

/// Accepts one of these strings.
pub fn one_of<const N: usize>(allowed: [&str; N]) -> Validator {
    let allowed = allowed.map(str::to_owned);
    let names = allowed.each_ref().map(|name| format!("`{name}`"));
    let description = format!("must be one of {}", names.join(", "));
    let message = description.replace('`', "\"");
    Validator::new(description, move |value: &String| {
        if allowed.contains(value) {
            Ok(())
        } else {
            Err(format!("{message}, found {}", quoted(value)))
        }
    })
}

/// Accepts text with this number of characters.
pub fn length(characters: RangeInclusive<usize>) -> Validator {
    let (min, max) = (*characters.start(), *characters.end());
    let description = format!("must have {min} to {max} characters");
    Validator::new(description.clone(), move |value: &String| {
        match value.chars().count() {
            count if characters.contains(&count) => Ok(()),
            count => Err(format!("{description}, found {count}")),
        }
    })
}

/// Accepts text that is not empty.
pub fn non_empty() -> Validator {
    Validator::new("must not be empty", |value: &String| {
        match value.is_empty() {
            true => Err("must not be empty".to_owned()),
            false => Ok(()),
        }
    })
}

/// Accepts a number within these bounds.
pub fn between(bounds: RangeInclusive<i64>) -> Validator {
    let description = format!("must be between {} and {}", bounds.start(), bounds.end());
    Validator::new(description.clone(), move |value: &Number| {
        let (start, end) = (Number::from(*bounds.start()), Number::from(*bounds.end()));
        if (&start..=&end).contains(&value) {
            Ok(())
        } else {
            {
                let value = value.to_string();
                Err(format!(
                    "{description}, found {}",
                    excerpt(&value, MAX_EXCERPT)
                ))
            }
        }
    })
}
