//! Encodes schemas for the protocol.

use super::{Attribute, Block, Mode, NestedBlock, Nesting, Schema, Shape};
use crate::proto::schema::nested_block::NestingMode;
use crate::proto::{self, StringKind};

impl Schema {
    pub(crate) fn to_proto(&self) -> proto::Schema {
        proto::Schema {
            version: self.version,
            block: Some(self.block.to_proto(self.version)),
        }
    }

    /// Returns the schema of the identity, if attributes are part of one.
    pub(crate) fn identity_to_proto(&self) -> Option<proto::ResourceIdentitySchema> {
        let attributes: Vec<_> = self
            .block
            .attributes
            .iter()
            .filter(|attribute| attribute.identity)
            .map(
                |attribute| proto::resource_identity_schema::IdentityAttribute {
                    name: attribute.name.clone(),
                    r#type: attribute.shape.ty().to_json_bytes(),
                    required_for_import: attribute.mode == Mode::Required,
                    optional_for_import: attribute.mode != Mode::Required,
                    description: attribute.description.clone(),
                },
            )
            .collect();
        (!attributes.is_empty()).then_some(proto::ResourceIdentitySchema {
            version: self.version,
            identity_attributes: attributes,
        })
    }
}

impl Block {
    fn to_proto(&self, version: i64) -> proto::schema::Block {
        proto::schema::Block {
            version,
            attributes: self.attributes.iter().map(Attribute::to_proto).collect(),
            block_types: self.blocks.iter().map(NestedBlock::to_proto).collect(),
            description: self.description.clone(),
            description_kind: StringKind::Markdown.into(),
            deprecated: false,
        }
    }
}

impl Attribute {
    fn to_proto(&self) -> proto::schema::Attribute {
        let (ty, nested) = match &self.shape {
            Shape::Value(ty) => (ty.to_json_bytes(), None),
            Shape::Objects(nesting, block) => (
                Vec::new(),
                Some(proto::schema::Object {
                    attributes: block.attributes.iter().map(Self::to_proto).collect(),
                    nesting: nesting.to_proto(),
                    ..Default::default()
                }),
            ),
        };
        proto::schema::Attribute {
            name: self.name.clone(),
            r#type: ty,
            nested_type: nested,
            description: self.description.clone(),
            required: self.mode == Mode::Required,
            optional: matches!(self.mode, Mode::Optional | Mode::OptionalComputed),
            computed: self.mode.is_computed(),
            sensitive: self.sensitive,
            description_kind: StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
            write_only: self.write_only,
        }
    }
}

impl NestedBlock {
    fn to_proto(&self) -> proto::schema::NestedBlock {
        proto::schema::NestedBlock {
            type_name: self.name.clone(),
            block: Some(self.block.to_proto(0)),
            nesting: self.nesting.to_proto(),
            min_items: self.min_items.into(),
            // Terraform requires both to be equal for a single block.
            max_items: match self.nesting {
                Nesting::Single => self.min_items.into(),
                _ => self.max_items.into(),
            },
        }
    }
}

impl Nesting {
    /// Returns the mode in messages: the enumerations of objects and of blocks have the
    /// same numbers.
    fn to_proto(self) -> i32 {
        match self {
            Self::Single => NestingMode::Single,
            Self::List => NestingMode::List,
            Self::Set => NestingMode::Set,
            Self::Map => NestingMode::Map,
        }
        .into()
    }
}
