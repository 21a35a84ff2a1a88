//! Terraform's types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{MAX_DEPTH, ValueError, quoted};

/// A type of Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Text.
    String,
    /// A number of any size.
    Number,
    /// A truth value.
    Bool,
    /// Any type: each value carries its own.
    Dynamic,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Elements of one type, without order or duplicates.
    Set(Box<Type>),
    /// Values of one type by name.
    Map(Box<Type>),
    /// Elements each of their own type.
    Tuple(Vec<Type>),
    /// Named attributes each of their own type.
    Object(BTreeMap<String, ObjectAttribute>),
}

/// An attribute of an object type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectAttribute {
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
}

impl ObjectAttribute {
    /// Returns an attribute that cannot be left out.
    pub fn required(ty: Type) -> Self {
        Self {
            ty,
            optional: false,
        }
    }
}

impl Type {
    /// Returns the type of lists of this type.
    pub fn list(element: Type) -> Self {
        Self::List(Box::new(element))
    }

    /// Returns the type of sets of this type.
    pub fn set(element: Type) -> Self {
        Self::Set(Box::new(element))
    }

    /// Returns the type of maps of this type.
    pub fn map(element: Type) -> Self {
        Self::Map(Box::new(element))
    }

    /// Returns the type of objects with these attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Type)>) -> Self {
        let attributes = attributes.into_iter();
        Self::Object(
            attributes
                .map(|(name, ty)| (name.into(), ObjectAttribute::required(ty)))
                .collect(),
        )
    }

    /// Encodes the type constraint for the protocol, for example `["list","string"]`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::String => json!("string"),
            Self::Number => json!("number"),
            Self::Bool => json!("bool"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                json!([
                    "tuple",
                    elements.iter().map(Self::to_json).collect::<Vec<_>>()
                ])
            }
            Self::Object(attributes) => {
                let types: serde_json::Map<_, _> = attributes
                    .iter()
                    .map(|(name, attribute)| (name.clone(), attribute.ty.to_json()))
                    .collect();
                let optional: Vec<_> = attributes
                    .iter()
                    .filter(|(_, attribute)| attribute.optional)
                    .map(|(name, _)| name)
                    .collect();
                if optional.is_empty() {
                    json!(["object", types])
                } else {
                    json!(["object", types, optional])
                }
            }
        }
    }

    /// Returns [`Type::to_json`] as bytes.
    pub(crate) fn to_json_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Decodes a type constraint of the protocol.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ValueError> {
        let json: Json = serde_json::from_slice(bytes)
            .map_err(|error| ValueError::malformed(format!("not a type constraint: {error}")))?;
        Self::from_json_value(&json, 0)
    }

    fn from_json_value(json: &Json, depth: usize) -> Result<Self, ValueError> {
        if depth > MAX_DEPTH {
            return Err(ValueError::malformed(format!(
                "types nest deeper than {MAX_DEPTH}"
            )));
        }
        let nested = |json: &Json| Self::from_json_value(json, depth + 1);
        let parts = match json {
            Json::String(name) => return Self::primitive(name),
            Json::Array(parts) => parts.as_slice(),
            _ => &[],
        };
        match parts {
            [Json::String(kind), element] if kind == "list" => nested(element).map(Self::list),
            [Json::String(kind), element] if kind == "set" => nested(element).map(Self::set),
            [Json::String(kind), element] if kind == "map" => nested(element).map(Self::map),
            [Json::String(kind), Json::Array(elements)] if kind == "tuple" => elements
                .iter()
                .map(nested)
                .collect::<Result<_, _>>()
                .map(Self::Tuple),
            [Json::String(kind), Json::Object(types), rest @ ..] if kind == "object" => {
                let optional = rest.first().and_then(Json::as_array);
                let optional: BTreeSet<_> = optional
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .collect();
                let attributes = types.iter().map(|(name, json)| {
                    let attribute = ObjectAttribute {
                        ty: nested(json)?,
                        optional: optional.contains(name.as_str()),
                    };
                    Ok((name.clone(), attribute))
                });
                attributes.collect::<Result<_, _>>().map(Self::Object)
            }
            _ => Err(ValueError::malformed("not a type constraint of Terraform")),
        }
    }

    fn primitive(name: &str) -> Result<Self, ValueError> {
        match name {
            "string" => Ok(Self::String),
            "number" => Ok(Self::Number),
            "bool" => Ok(Self::Bool),
            "dynamic" => Ok(Self::Dynamic),
            _ => Err(ValueError::malformed(format!(
                "Terraform has no type {}",
                quoted(name)
            ))),
        }
    }
}

/// As Terraform's language writes it, for example `list(string)`.
impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::Dynamic => f.write_str("any"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(elements) => {
                let names: Vec<_> = elements.iter().map(ToString::to_string).collect();
                write!(f, "tuple([{}])", names.join(", "))
            }
            Self::Object(attributes) => {
                let names: Vec<_> = attributes
                    .iter()
                    .map(|(name, attribute)| match attribute.optional {
                        true => format!("{name} = optional({})", attribute.ty),
                        false => format!("{name} = {}", attribute.ty),
                    })
                    .collect();
                write!(f, "object({{ {} }})", names.join(", "))
            }
        }
    }
}
