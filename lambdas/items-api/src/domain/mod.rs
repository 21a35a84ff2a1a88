//! What an item is: its owner, its id, its name and whatever JSON it holds. Nothing here does
//! input or output.

pub mod item;
pub mod json;
pub mod number;
pub mod receipt;

pub use function_kit::{IdempotencyKey, Owner};
pub use item::{Draft, InvalidName, Item, ItemId, Name, Version};
pub use json::{Attributes, Value};
pub use number::{InvalidNumber, Number};
pub use receipt::{Entry, Receipt};
