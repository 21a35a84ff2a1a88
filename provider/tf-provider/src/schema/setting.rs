//! What an attribute is, as `model!` takes it.

use std::marker::PhantomData;

use super::attribute_name;
use crate::block::{Attribute, Block, Mode, NestedBlock, Relation, Shape, Validator};
use crate::model::Field;

/// What an attribute of type `T` is; stands after `=` in [`model!`](crate::model!).
#[derive(Debug, Clone)]
pub struct Setting<T> {
    attribute: Attribute,
    /// The least and greatest number of blocks, if it is a block.
    block: Option<(u32, u32)>,
    ty: PhantomData<fn() -> T>,
}

/// An attribute that the configuration has to give.
pub fn required<T: Field>() -> Setting<T> {
    Setting::new(Mode::Required)
}

/// An attribute that the configuration may give.
pub fn optional<T: Field>() -> Setting<T> {
    Setting::new(Mode::Optional)
}

/// An attribute that the provider gives.
pub fn computed<T: Field>() -> Setting<T> {
    Setting::new(Mode::Computed)
}

/// An attribute that the provider gives where the configuration does not.
pub fn optional_computed<T: Field>() -> Setting<T> {
    Setting::new(Mode::OptionalComputed)
}

/// A block, of which `T` is a model or a collection of models.
///
/// Nested attributes say the same with better errors: prefer them in new schemas.
pub fn block<T: Field>() -> Setting<T> {
    Setting {
        block: Some((0, 0)),
        ..Setting::new(Mode::Optional)
    }
}

impl<T: Field> Setting<T> {
    fn new(mode: Mode) -> Self {
        let attribute = Attribute {
            name: String::new(),
            description: String::new(),
            shape: T::shape(),
            mode,
            sensitive: false,
            write_only: false,
            deprecated: None,
            default: None,
            requires_replace: false,
            use_state_for_unknown: false,
            identity: false,
            validators: Vec::new(),
            relations: Vec::new(),
            nullable: T::NULLABLE,
            unknowable: T::UNKNOWABLE,
        };
        Self {
            attribute,
            block: None,
            ty: PhantomData,
        }
    }

    /// The value where the configuration gives none. The attribute is then
    /// computed as well as optional.
    pub fn default(mut self, value: impl Into<T>) -> Self {
        self.attribute.default = Some(value.into().to_value());
        if self.attribute.mode == Mode::Optional {
            self.attribute.mode = Mode::OptionalComputed;
        }
        self
    }
}

impl<T> Setting<T> {
    /// A change of the attribute replaces the resource.
    pub fn requires_replace(mut self) -> Self {
        self.attribute.requires_replace = true;
        self
    }

    /// An update leaves the computed value as it was, unless the plan hook says
    /// otherwise. Without this it is unknown in every plan that changes anything.
    pub fn use_state_for_unknown(mut self) -> Self {
        self.attribute.use_state_for_unknown = true;
        self
    }

    /// Terraform hides the value.
    pub fn sensitive(mut self) -> Self {
        self.attribute.sensitive = true;
        self
    }

    /// The value is never stored in plan or state. While applying, the model
    /// holds it as the configuration gives it.
    pub fn write_only(mut self) -> Self {
        self.attribute.write_only = true;
        self
    }

    /// The attribute is deprecated; `instead` says what to use.
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.attribute.deprecated = Some(instead.into());
        self
    }

    /// The attribute is part of what identifies the object, in import blocks too.
    pub fn identity(mut self) -> Self {
        self.attribute.identity = true;
        self
    }

    /// The value has to satisfy this.
    pub fn validate(mut self, validator: Validator) -> Self {
        self.attribute.validators.push(validator);
        self
    }

    /// None of these attributes is set where this one is.
    pub fn conflicts_with<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::ConflictsWith, names)
    }

    /// All of these attributes are set where this one is.
    pub fn also_requires<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::AlsoRequires, names)
    }

    /// Of this attribute and these exactly one is set.
    pub fn exactly_one_of<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::ExactlyOneOf, names)
    }

    /// Of this attribute and these at least one is set.
    pub fn at_least_one_of<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::AtLeastOneOf, names)
    }

    /// The block has to stand there at least this often.
    pub fn min_items(mut self, items: u32) -> Self {
        self.block = Some((items, self.block.map_or(0, |(_, max)| max)));
        self
    }

    /// The block may stand there at most this often.
    pub fn max_items(mut self, items: u32) -> Self {
        self.block = Some((self.block.map_or(0, |(min, _)| min), items));
        self
    }

    fn relation<const N: usize>(
        mut self,
        relation: fn(Vec<String>) -> Relation,
        names: [&str; N],
    ) -> Self {
        self.attribute
            .relations
            .push(relation(names.map(str::to_owned).to_vec()));
        self
    }

    /// Adds the attribute or block to a model's block.
    #[doc(hidden)]
    pub fn add_to(self, block: &mut Block, field: &str, description: String) {
        let name = attribute_name(field).to_owned();
        let attribute = self.attribute;
        match (self.block, attribute.shape) {
            (Some((min_items, max_items)), Shape::Objects(nesting, mut objects)) => {
                if !description.is_empty() {
                    objects.description = description;
                }
                block.blocks.push(NestedBlock {
                    name,
                    nesting,
                    min_items,
                    max_items,
                    block: objects,
                    overdeclared: attribute.default.is_some()
                        || attribute.deprecated.is_some()
                        || attribute.requires_replace
                        || attribute.use_state_for_unknown
                        || attribute.sensitive
                        || attribute.write_only
                        || attribute.identity
                        || !attribute.validators.is_empty()
                        || !attribute.relations.is_empty(),
                });
            }
            (_, shape) => block.attributes.push(Attribute {
                name,
                description,
                shape,
                ..attribute
            }),
        }
    }
}
