//! How a model declares its schema: [`model!`](crate::model!), and what each attribute is.

mod declare;
mod setting;
#[cfg(test)]
mod tests;
mod validators;

#[doc(hidden)]
pub use declare::{ObjectReader, attribute_name, doc};
pub use setting::{Setting, block, computed, optional, optional_computed, required};
pub use validators::{between, length, non_empty, one_of};

pub use crate::block::{
    Attribute, Block, Mode, NestedBlock, Nesting, Relation, Schema, Shape, Validator,
};
