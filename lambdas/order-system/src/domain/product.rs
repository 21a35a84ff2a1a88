//! What can be ordered.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

/// A product: its price, and how many there are. A payment uses the price of the moment at which
/// the order was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Which product.
    pub sku: Sku,
    /// What one costs, in cents.
    pub price_cents: u32,
    /// How many there are.
    pub stock: u32,
}

/// Which product ("stock keeping unit"), such as `keyboard`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sku(pub String);

impl Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
