//! Rust types as Terraform's values: the unknown in the type.

mod attr;
mod declare;
mod field;

pub use attr::Attr;
#[doc(hidden)]
pub use declare::{ObjectReader, attribute_name, doc};
pub use field::{Field, Set, Shape};

use std::fmt::Debug;

use crate::schema::Block;

/// A struct whose fields are the attributes and blocks of a schema; made by
/// [`model!`](crate::model!).
pub trait Model: Field + Debug + Clone + Default + PartialEq + Send + Sync + 'static {
    /// The attributes and blocks, with what their documentation says.
    fn block() -> Block;
}
