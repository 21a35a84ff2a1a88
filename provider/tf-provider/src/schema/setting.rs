//! Declarations of attributes and blocks.

use std::marker::PhantomData;

use super::attribute_name;
use crate::block::{Attribute, Block, Mode, NestedBlock, Relation, Shape, Validator};
use crate::model::Field;

/// The declaration of an attribute of type `T`, after `=` in [`model!`](crate::model!).
#[derive(Debug, Clone)]
pub struct Setting<T> {
    attribute: Attribute,
    /// The least and greatest number of blocks, if it is a block.
    block: Option<(u32, u32)>,
    ty: PhantomData<fn() -> T>,
}

/// Declares an attribute that the configuration must set.
pub fn required<T: Field>() -> Setting<T> {
    Setting::new(Mode::Required)
}

/// Declares an attribute that the configuration may set.
pub fn optional<T: Field>() -> Setting<T> {
    Setting::new(Mode::Optional)
}

/// Declares a read-only attribute that the provider sets.
pub fn computed<T: Field>() -> Setting<T> {
    Setting::new(Mode::Computed)
}

/// Declares an attribute that the provider sets if the configuration does not.
pub fn optional_computed<T: Field>() -> Setting<T> {
    Setting::new(Mode::OptionalComputed)
}

/// Declares a block; `T` is a model or a collection of models.
///
/// Prefer nested attributes in new schemas: they have better errors.
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

    /// Sets the value that replaces null in the configuration. The attribute becomes
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
    /// Replaces the resource when the attribute changes.
    pub fn requires_replace(mut self) -> Self {
        self.attribute.requires_replace = true;
        self
    }

    /// Keeps the computed value during updates, unless the plan is modified. Otherwise it
    /// is unknown in every plan that changes anything.
    pub fn use_state_for_unknown(mut self) -> Self {
        self.attribute.use_state_for_unknown = true;
        self
    }

    /// Hides the value in Terraform's output.
    pub fn sensitive(mut self) -> Self {
        self.attribute.sensitive = true;
        self
    }

    /// Never stores the value in plan or state. The model holds the configured value
    /// while applying.
    pub fn write_only(mut self) -> Self {
        self.attribute.write_only = true;
        self
    }

    /// Deprecates the attribute; `instead` says what to use.
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.attribute.deprecated = Some(instead.into());
        self
    }

    /// Makes the attribute part of the resource's identity, which import blocks can use.
    pub fn identity(mut self) -> Self {
        self.attribute.identity = true;
        self
    }

    /// Adds a check of the value.
    pub fn validate(mut self, validator: Validator) -> Self {
        self.attribute.validators.push(validator);
        self
    }

    /// Rejects this attribute together with any of these.
    pub fn conflicts_with<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::ConflictsWith, names)
    }

    /// Requires all of these attributes if this one is set.
    pub fn also_requires<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::AlsoRequires, names)
    }

    /// Requires exactly one of this attribute and these.
    pub fn exactly_one_of<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::ExactlyOneOf, names)
    }

    /// Requires at least one of this attribute and these.
    pub fn at_least_one_of<const N: usize>(self, names: [&str; N]) -> Self {
        self.relation(Relation::AtLeastOneOf, names)
    }

    /// Requires at least this many blocks.
    pub fn min_items(mut self, items: u32) -> Self {
        self.block = Some((items, self.block.map_or(0, |(_, max)| max)));
        self
    }

    /// Allows at most this many blocks.
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
