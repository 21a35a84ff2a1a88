//! What an item is: its owner, its id, its name and whatever JSON it holds. Nothing here does
//! input or output.

pub mod item;
pub mod json;
pub mod number;

pub use function_kit::Owner;
pub use item::{Draft, InvalidName, Item, ItemId, Name};
pub use json::{Attributes, Value};
pub use number::{InvalidNumber, Number};
