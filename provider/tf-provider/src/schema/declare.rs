//! The macro that declares a model.

/// Declares a struct whose fields are the attributes and blocks of a schema.
///
/// One declaration is the Rust type, the schema, the conversion from and to Terraform's
/// values, and the documentation: doc comments become descriptions in Markdown.
/// A [`Setting`](crate::schema::Setting) follows each `=`.
///
/// ```
/// use tf_provider::{Attr, model, schema::*};
///
/// model! {
///     /// A note in a file.
///     pub struct Note {
///         /// Name of the file, without its folder.
///         pub name: Attr<String> = required().requires_replace(),
///         /// What the file holds.
///         pub text: Attr<String> = optional().default("empty"),
///         /// Path of the file.
///         pub path: Attr<String> = computed().use_state_for_unknown(),
///     }
/// }
/// ```
///
/// Every field of a resource's model is an [`Attr`](crate::Attr), because it may be
/// unknown while Terraform plans.
#[macro_export]
macro_rules! model {
    (
        $(#[doc = $doc:expr])*
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $field_doc:expr])*
                $field_vis:vis $field:ident : $ty:ty = $setting:expr
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        $vis struct $name {
            $(
                $(#[doc = $field_doc])*
                $field_vis $field: $ty,
            )*
        }

        impl $crate::Model for $name {
            fn block() -> $crate::schema::Block {
                #[allow(unused_mut)]
                let mut block = $crate::schema::Block::new($crate::schema::doc(&[$($doc),*]));
                $(
                    let setting: $crate::schema::Setting<$ty> = $setting;
                    let description = $crate::schema::doc(&[$($field_doc),*]);
                    setting.add_to(&mut block, stringify!($field), description);
                )*
                block
            }
        }

        impl $crate::model::Field for $name {
            fn shape() -> $crate::schema::Shape {
                let block = <Self as $crate::Model>::block();
                $crate::schema::Shape::Objects($crate::schema::Nesting::Single, block)
            }

            fn from_value(
                value: &$crate::value::Value,
            ) -> ::std::result::Result<Self, $crate::value::ValueError> {
                #[allow(unused_variables)]
                let object = $crate::schema::ObjectReader::new(value)?;
                Ok(Self { $($field: object.read(stringify!($field))?,)* })
            }

            fn to_value(&self) -> $crate::value::Value {
                $crate::value::Value::object::<&str>([$((
                    $crate::schema::attribute_name(stringify!($field)),
                    $crate::model::Field::to_value(&self.$field),
                ),)*])
            }
        }
    };
}

use crate::model::{Field, mismatch, present};
use crate::value::{Step, Value, ValueError};

/// Joins the lines of doc comments into one description.
#[doc(hidden)]
pub fn doc(lines: &[&str]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n").trim().to_owned()
}

/// Returns the name of a field's attribute: `type` for `r#type`.
#[doc(hidden)]
pub fn attribute_name(field: &str) -> &str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// Reads the fields of a model from an object.
#[doc(hidden)]
pub struct ObjectReader<'a>(&'a Value);

impl<'a> ObjectReader<'a> {
    #[doc(hidden)]
    pub fn new(value: &'a Value) -> Result<Self, ValueError> {
        match present(value)? {
            object @ Value::Map(_) => Ok(Self(object)),
            other => Err(mismatch("an object", other)),
        }
    }

    #[doc(hidden)]
    pub fn read<T: Field>(&self, field: &str) -> Result<T, ValueError> {
        let name = attribute_name(field);
        T::from_value(self.0.get(name).unwrap_or(&Value::Null))
            .map_err(|error| error.under(Step::Attribute(name.to_owned())))
    }
}
