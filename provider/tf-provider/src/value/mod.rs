//! Values of Terraform's type system, and how they cross the wire.
//!
//! A [`Value`] is decoded from msgpack or JSON along its [`Type`], without loss and with
//! bounded memory.

mod error;
mod excerpt;
pub(crate) mod json;
pub(crate) mod msgpack;
mod number;
mod path;
#[cfg(test)]
mod tests;
mod ty;

use std::collections::BTreeMap;

pub use error::{ValueError, ValueErrorKind};
pub(crate) use excerpt::MAX_EXCERPT;
pub use excerpt::{excerpt, quoted};
pub use number::{Number, ParseNumberError};
pub use path::{Path, Step};
pub use ty::{ObjectAttribute, Type};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The greatest depth of values and types. Schemas written by people stay below ten.
pub const MAX_DEPTH: usize = 64;

/// The greatest number of values in a message. An object counts once for every attribute of
/// its type and once for every one that is given. This bounds memory: a message of a few
/// megabytes could otherwise take many times its size.
pub const MAX_VALUES: usize = 4 * 1024 * 1024;

/// The number of values that a message may still hold.
struct Budget(usize);

impl Budget {
    fn new() -> Self {
        Self(MAX_VALUES)
    }

    /// Takes this many values at this depth.
    fn take(&mut self, values: usize, depth: usize) -> Result<(), ValueError> {
        let left = self.0.checked_sub(values);
        match left.filter(|_| depth <= MAX_DEPTH) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(ValueError::malformed(format!(
                "more than {MAX_VALUES} values, or deeper than {MAX_DEPTH}"
            ))),
        }
    }
}

/// A value of Terraform's type system.
///
/// Only [`Value::Dynamic`] holds its type: the schema gives the others'.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Unknown before apply.
    Unknown(Refinements),
    /// Null.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number of any size.
    Number(Number),
    /// Text, in Unicode normalisation form C; create it with [`Value::string`].
    String(String),
    /// A list, or a tuple.
    List(Vec<Value>),
    /// A set, in the order of [`Ord`] and without duplicates; create it with [`Value::set`].
    Set(Vec<Value>),
    /// A map, or an object with its attributes.
    Map(BTreeMap<String, Value>),
    /// A value of type `any`, with its own type.
    Dynamic(Box<(Type, Value)>),
}

/// What is known about an unknown value, such as the prefix of a string, in Terraform's
/// own encoding. Values that pass through a provider keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refinements(pub(crate) Box<[u8]>);

impl Value {
    /// Returns an unknown value without refinements.
    pub fn unknown() -> Self {
        Self::Unknown(Refinements::default())
    }

    /// Returns text, normalised to form C as Terraform does, so that equal text compares equal.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(normalise(text.into()))
    }

    /// Returns a set of these elements, in canonical order and without duplicates.
    pub fn set(elements: impl IntoIterator<Item = Value>) -> Self {
        let mut elements: Vec<_> = elements.into_iter().collect();
        elements.sort();
        // Two unknown elements may turn out to differ.
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self::Set(elements)
    }

    /// Returns an object of these attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(
            attributes
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// Returns whether the value is null.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(inner) => inner.1.is_null(),
            _ => false,
        }
    }

    /// Returns whether the value itself is unknown. A known value may hold unknown ones.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(inner) => inner.1.is_unknown(),
            _ => false,
        }
    }

    /// Returns whether neither the value nor anything inside it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        self.first_unknown().is_none()
    }

    /// Returns the path of the first unknown value, itself included.
    pub fn first_unknown(&self) -> Option<Path> {
        match self {
            Self::Unknown(_) => Some(Path::root()),
            Self::Dynamic(inner) => inner.1.first_unknown(),
            Self::List(elements) => elements
                .iter()
                .enumerate()
                .find_map(|(at, element)| Some(element.first_unknown()?.under(Step::Index(at)))),
            Self::Set(elements) => elements
                .iter()
                .find_map(|element| Some(element.first_unknown()?.under(Step::Element))),
            Self::Map(entries) => entries.iter().find_map(|(key, entry)| {
                Some(entry.first_unknown()?.under(Step::Attribute(key.clone())))
            }),
            _ => None,
        }
    }

    /// Returns the value with null for everything that is unknown.
    pub(crate) fn without_unknown(self) -> Self {
        let each = |elements: Vec<Self>| elements.into_iter().map(Self::without_unknown);
        match self {
            Self::Unknown(_) => Self::Null,
            Self::List(elements) => Self::List(each(elements).collect()),
            Self::Set(elements) => Self::set(each(elements)),
            Self::Map(entries) => Self::object(
                entries
                    .into_iter()
                    .map(|(key, entry)| (key, entry.without_unknown())),
            ),
            Self::Dynamic(inner) => {
                let (ty, value) = *inner;
                Self::Dynamic(Box::new((ty, value.without_unknown())))
            }
            known => known,
        }
    }

    /// Returns the attribute of this name, or null if the value has none.
    pub(crate) fn attribute(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&NULL)
    }

    /// Returns the attribute or entry of this name, if the value has one.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Map(entries) => entries.get(name),
            _ => None,
        }
    }
}

/// The value of an attribute that an object leaves out.
static NULL: Value = Value::Null;

impl Refinements {
    /// Returns whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Normalises text to form C, without a copy if it already is.
pub(crate) fn normalise(text: String) -> String {
    if text.is_ascii() || is_nfc(&text) {
        text
    } else {
        text.nfc().collect()
    }
}

impl Value {
    /// Decodes a value of this type from msgpack, as the protocol has it.
    pub fn from_msgpack(bytes: &[u8], ty: &Type) -> Result<Self, ValueError> {
        msgpack::decode(bytes, ty)
    }

    /// Encodes the value in msgpack, as the protocol has it.
    pub fn to_msgpack(&self) -> Vec<u8> {
        msgpack::encode(self)
    }

    /// Decodes a value of this type from JSON, as Terraform's state has it.
    pub fn from_json(bytes: &[u8], ty: &Type) -> Result<Self, ValueError> {
        json::decode(bytes, ty)
    }

    /// Returns the type of a value, as far as it shows: null and unknown values may have
    /// any type.
    pub(crate) fn infer_type(&self) -> Type {
        match self {
            Self::Unknown(_) | Self::Null => Type::Dynamic,
            Self::Bool(_) => Type::Bool,
            Self::Number(_) => Type::Number,
            Self::String(_) => Type::String,
            Self::List(elements) => Type::Tuple(elements.iter().map(Self::infer_type).collect()),
            Self::Set(elements) => {
                Type::set(elements.first().map_or(Type::Dynamic, Self::infer_type))
            }
            Self::Map(entries) => Type::object(
                entries
                    .iter()
                    .map(|(name, entry)| (name, entry.infer_type())),
            ),
            Self::Dynamic(inner) => inner.0.clone(),
        }
    }
}
