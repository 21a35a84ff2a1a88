//! Rust types for Terraform's values, with the unknown in the type.

mod attr;
mod field;

use std::fmt::Debug;

pub use attr::Attr;
pub use field::{Field, Set};
pub(crate) use field::{mismatch, present};

use crate::block::Block;

/// A struct whose fields are the attributes and blocks of a schema, declared with
/// [`model!`](crate::model!).
pub trait Model: Field + Debug + Clone + Default + PartialEq + Send + Sync + 'static {
    /// Returns the attributes and blocks.
    fn block() -> Block;
}
