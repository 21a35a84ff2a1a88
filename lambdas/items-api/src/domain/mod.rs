//! What an item is: its owner, its id, its name and whatever JSON it holds. Nothing here does
//! input or output.

pub mod identity;
pub mod item;
pub mod json;
pub mod number;

pub use identity::{InvalidItemId, InvalidOwner, ItemId, Owner};
pub use item::{Draft, InvalidName, Item, Name};
pub use json::{Attributes, Value};
pub use number::{InvalidNumber, Number};
