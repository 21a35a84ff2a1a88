//! What a catalog offers of one kind, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::block::Schema;
use crate::value::{Value, quoted};
use crate::{Context, Diagnostic, Result};

/// What resources, data sources and ephemeral resources have in common.
#[async_trait]
pub trait Offered<C>: Send + Sync + 'static {
    /// Returns its attributes and blocks.
    fn schema(&self) -> &Schema;

    /// Validates a configuration that its schema finds valid.
    async fn validate_config(&self, cx: &Context<C>, config: Value) -> Result<()>;
}

/// Everything of one kind that a catalog offers.
pub struct Offers<A: ?Sized> {
    /// What messages call one of them.
    kind: &'static str,
    by_name: BTreeMap<&'static str, Arc<A>>,
}

impl<A: ?Sized> Offers<A> {
    pub fn none(kind: &'static str) -> Self {
        Self {
            kind,
            by_name: BTreeMap::new(),
        }
    }

    /// Adds one. Returns whether the name is new.
    pub fn insert(&mut self, name: &'static str, offered: Arc<A>) -> bool {
        self.by_name.insert(name, offered).is_none()
    }

    pub fn get(&self, name: &str) -> Result<Arc<A>, Diagnostic> {
        self.by_name.get(name).cloned().ok_or_else(|| {
            Diagnostic::error(
                format!("The provider has no {} {}", self.kind, quoted(name)),
                "Check the name, or the version of the provider.",
            )
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &A)> {
        self.by_name.iter().map(|(name, it)| (*name, it.as_ref()))
    }
}
