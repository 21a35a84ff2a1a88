//! What the API needs of the outside world.

use async_trait::async_trait;
pub use function_kit::{Page, PortError, Write};

use crate::domain::{Entry, IdempotencyKey, Item, ItemId, Owner, Receipt, Version};

/// What a write asks of the item that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// That there is one.
    Any,
    /// That it is this version of it.
    Version(Version),
}

/// The table of items. Whatever it reads is as it was last written.
#[async_trait]
pub trait ItemTable: Send + Sync {
    /// Writes an item under an id that is new, together with its receipt, if it has one; unless
    /// there is a receipt of that key.
    async fn insert(&self, item: &Item, receipt: Option<&Receipt>) -> Result<Write, PortError>;

    /// Reads what the receipt of an owner's key says.
    async fn receipt(
        &self,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<Entry>, PortError>;

    /// Writes an item in place of the one of its owner and id, if that is as expected.
    async fn replace(&self, item: &Item, expected: Expected) -> Result<Write, PortError>;

    /// Reads an item.
    async fn find(&self, owner: &Owner, id: ItemId) -> Result<Option<Item>, PortError>;

    /// Deletes an item, if it is as expected.
    async fn remove(
        &self,
        owner: &Owner,
        id: ItemId,
        expected: Expected,
    ) -> Result<Write, PortError>;

    /// Reads at most `limit` of an owner's items that are older than `after`, the youngest first,
    /// in time that does not grow with how many there are.
    async fn page(
        &self,
        owner: &Owner,
        after: Option<ItemId>,
        limit: u8,
    ) -> Result<Page<Item>, PortError>;
}
