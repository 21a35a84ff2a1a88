//! What the API needs of the outside world.

use async_trait::async_trait;
pub use function_kit::PortError;

use crate::domain::{Item, ItemId, Owner};

/// Some of an owner's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The items, the youngest first.
    pub items: Vec<Item>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Whether there was such an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// There was, and it was done.
    Yes,
    /// There was none; nothing was done.
    No,
}

/// The table of items. Whatever it reads is as it was last written.
#[async_trait]
pub trait ItemTable: Send + Sync {
    /// Writes an item under an id that is new.
    async fn insert(&self, item: &Item) -> Result<(), PortError>;

    /// Writes an item in place of the one of its owner and id.
    async fn replace(&self, item: &Item) -> Result<Found, PortError>;

    /// Reads an item.
    async fn find(&self, owner: &Owner, id: ItemId) -> Result<Option<Item>, PortError>;

    /// Deletes an item.
    async fn remove(&self, owner: &Owner, id: ItemId) -> Result<Found, PortError>;

    /// Reads at most `limit` of an owner's items that are older than `after`, in time that does
    /// not grow with how many there are.
    async fn page(
        &self,
        owner: &Owner,
        after: Option<ItemId>,
        limit: u8,
    ) -> Result<Page, PortError>;
}
