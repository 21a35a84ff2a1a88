//! Conversions between Rust types and Terraform's values.

use std::collections::BTreeMap;

use crate::block::{Nesting, Shape};
use crate::value::{Number, Step, Type, Value, ValueError, ValueErrorKind};

/// A Rust type that is the value of an attribute, an argument or a result.
///
/// | Rust | Terraform |
/// |---|---|
/// | `String`, `bool` | `string`, `bool` |
/// | `i64`, `u64`, `u32`, `u16`, `f64`, [`Number`] | `number` |
/// | `Vec<T>`, [`Set<T>`], `BTreeMap<String, T>` | `list(T)`, `set(T)`, `map(T)` |
/// | a [`Model`](super::Model) | an object |
/// | [`Value`] | `any` |
/// | `Option<T>` | `T`, which may be null |
/// | [`Attr<T>`](super::Attr) | `T`, which may be null or unknown |
pub trait Field: Sized {
    /// Whether null is one of its values.
    const NULLABLE: bool = false;

    /// Whether an unknown value is one of its values.
    const UNKNOWABLE: bool = false;

    /// Returns its shape in a schema.
    fn shape() -> Shape;

    /// Converts a value.
    fn from_value(value: &Value) -> Result<Self, ValueError>;

    /// Converts to a value.
    fn to_value(&self) -> Value;
}

/// Returns the value, or an error if it is unknown or null.
pub(crate) fn present(value: &Value) -> Result<&Value, ValueError> {
    match value {
        Value::Dynamic(inner) => present(&inner.1),
        Value::Unknown(_) => Err(ValueError::new(ValueErrorKind::Unknown)),
        Value::Null => Err(ValueError::new(ValueErrorKind::Null)),
        value => Ok(value),
    }
}

pub(crate) fn mismatch(expected: impl ToString, found: &Value) -> ValueError {
    let found = match found {
        Value::Unknown(_) => "an unknown value",
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(number) => {
            return ValueError::mismatch(expected.to_string(), number.to_string());
        }
        Value::String(_) => "a string",
        Value::List(_) => "a list",
        Value::Set(_) => "a set",
        Value::Map(_) => "a map or an object",
        Value::Dynamic(inner) => return mismatch(expected, &inner.1),
    };
    ValueError::mismatch(expected.to_string(), found)
}

macro_rules! scalar {
    ($($ty:ty: $name:literal, $kind:ident, $to_value:expr);* $(;)?) => {$(
        impl Field for $ty {
            fn shape() -> Shape {
                Shape::Value(Type::$kind)
            }

            fn from_value(value: &Value) -> Result<Self, ValueError> {
                match present(value)? {
                    Value::$kind(value) => Ok(value.clone()),
                    other => Err(mismatch($name, other)),
                }
            }

            fn to_value(&self) -> Value {
                $to_value(self.clone())
            }
        }
    )*};
}

scalar! {
    String: "a string", String, Value::string;
    bool: "a bool", Bool, Value::Bool;
    Number: "a number", Number, Value::Number;
}

macro_rules! integer {
    ($($ty:ty: $as:ident, $wide:ty);* $(;)?) => {$(
        impl Field for $ty {
            fn shape() -> Shape {
                Shape::Value(Type::Number)
            }

            fn from_value(value: &Value) -> Result<Self, ValueError> {
                let value = present(value)?;
                let range = || format!("a whole number from {} to {}", <$ty>::MIN, <$ty>::MAX);
                match value {
                    Value::Number(number) => number.$as().and_then(|n| <$ty>::try_from(n).ok()),
                    _ => None,
                }
                .ok_or_else(|| mismatch(range(), value))
            }

            fn to_value(&self) -> Value {
                Value::Number(Number::from(<$wide>::from(*self)))
            }
        }
    )*};
}

integer! {
    i64: as_i64, i64;
    u64: as_u64, u64;
    u32: as_u64, u64;
    u16: as_u64, u64;
}

impl Field for f64 {
    fn shape() -> Shape {
        Shape::Value(Type::Number)
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        let float = Number::from_value(value)?.to_f64();
        if float.is_finite() {
            Ok(float)
        } else {
            Err(mismatch("a number within ±1.8e308", value))
        }
    }

    /// Returns the shortest decimal that parses to this float: the 0.1 that its author
    /// wrote, not the nearest binary fraction.
    fn to_value(&self) -> Value {
        self.to_string().parse().map_or(Value::Null, Value::Number)
    }
}

/// The value of an attribute of type `any`.
impl Field for Value {
    const NULLABLE: bool = true;
    const UNKNOWABLE: bool = true;

    fn shape() -> Shape {
        Shape::Value(Type::Dynamic)
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        Ok(value.clone())
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Dynamic(_) | Self::Null | Self::Unknown(_) => self.clone(),
            other => Self::Dynamic(Box::new((other.infer_type(), other.clone()))),
        }
    }
}

impl<T: Field> Field for Option<T> {
    const NULLABLE: bool = true;

    fn shape() -> Shape {
        T::shape()
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        if value.is_null() {
            Ok(None)
        } else {
            T::from_value(value).map(Some)
        }
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Field::to_value)
    }
}

impl<T: Field> Field for Vec<T> {
    fn shape() -> Shape {
        T::shape().collected(Nesting::List)
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        let (elements, step): (_, fn(usize) -> Step) = match present(value)? {
            Value::List(elements) => (elements, Step::Index),
            Value::Set(elements) => (elements, |_| Step::Element),
            other => return Err(mismatch(Self::shape().ty(), other)),
        };
        let elements = elements.iter().enumerate();
        elements
            .map(|(index, e)| T::from_value(e).map_err(|error| error.under(step(index))))
            .collect()
    }

    fn to_value(&self) -> Value {
        Value::List(self.iter().map(Field::to_value).collect())
    }
}

/// A set: elements without order or duplicates.
#[derive(Debug, Clone, Default)]
pub struct Set<T>(pub Vec<T>);

impl<T: Field> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.to_value() == other.to_value()
    }
}

impl<T> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl<T: Field> Field for Set<T> {
    fn shape() -> Shape {
        T::shape().collected(Nesting::Set)
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        Vec::from_value(value).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::set(self.0.iter().map(Field::to_value))
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn shape() -> Shape {
        T::shape().collected(Nesting::Map)
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        let Value::Map(entries) = present(value)? else {
            return Err(mismatch(Self::shape().ty(), value));
        };
        let entries = entries.iter().map(|(key, entry)| {
            let entry = T::from_value(entry).map_err(|e| e.under(Step::Key(key.clone())))?;
            Ok((key.clone(), entry))
        });
        entries.collect()
    }

    fn to_value(&self) -> Value {
        Value::object(
            self.iter()
                .map(|(key, entry)| (key.as_str(), entry.to_value())),
        )
    }
}
