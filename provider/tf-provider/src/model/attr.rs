//! Values that may be unknown or null.

use super::Field;
use crate::block::Shape;
use crate::value::{Number, Value, ValueError, ValueErrorKind};

/// The value of an attribute: unknown before apply, null, or known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attr<T> {
    /// Unknown before apply, or with something unknown inside it that `T` cannot hold.
    Unknown,
    /// Null.
    #[default]
    Null,
    /// Known.
    Known(T),
}

impl<T> Attr<T> {
    /// Returns the value, if it is known and not null.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the value, if it is known and not null.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Returns whether it is unknown before apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Returns whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the value, or an error if it is unknown or null.
    ///
    /// A required attribute is neither during apply.
    pub fn get(&self) -> Result<&T, ValueError> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Null => Err(ValueError::new(ValueErrorKind::Null)),
            Self::Unknown => Err(ValueError::new(ValueErrorKind::Unknown)),
        }
    }
}

impl Attr<String> {
    /// Returns the text, if it is known and not null.
    pub fn as_str(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

impl<T> From<T> for Attr<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl From<&str> for Attr<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl From<i64> for Attr<Number> {
    fn from(value: i64) -> Self {
        Self::Known(value.into())
    }
}

/// `None` is null.
impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl<T: Field> Field for Attr<T> {
    const NULLABLE: bool = true;
    const UNKNOWABLE: bool = true;

    fn shape() -> Shape {
        T::shape()
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        if value.is_unknown() {
            return Ok(Self::Unknown);
        }
        if value.is_null() {
            return Ok(Self::Null);
        }
        match T::from_value(value) {
            Err(ValueError {
                kind: ValueErrorKind::Unknown,
                ..
            }) => Ok(Self::Unknown),
            result => result.map(Self::Known),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Unknown => Value::unknown(),
            Self::Null => Value::Null,
            Self::Known(value) => value.to_value(),
        }
    }
}
