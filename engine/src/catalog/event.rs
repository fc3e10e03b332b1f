//! What others hear: which things of the catalogue changed. One row in the outbox per transaction, whatever it changed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{BrandId, CategoryId, ProductId};

use super::name::{Code, Sku};

/// The topic of the outbox rows.
pub const TOPIC: &str = "catalog";

/// The payload. It names what to read again and carries no state: delivered twice or late, it does no harm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changed {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<ProductId>,
    /// Also those whose path changed because an ancestor moved; the products in them show it and are not listed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<CategoryId>,
    /// The products of a brand show its name and are not listed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub brands: BTreeSet<BrandId>,
    /// Whose offer may have changed, under the old name and the new one.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub skus: BTreeSet<Sku>,
    /// The offers and pages of what is taxed by them show their rates and are not listed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tax_classes: BTreeSet<Code>,
    /// What shipping costs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shipping: bool,
}

impl Changed {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The rules of price of every order may be others.
    pub(super) fn touches_terms(&self) -> bool {
        self.shipping || !self.tax_classes.is_empty()
    }
}
