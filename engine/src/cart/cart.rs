//! The cart as a pure machine: lines by SKU, a version that counts changes, a generation that counts orders.
//!
//! `decide` answers an edit with the contents that would be, or a refusal; `apply` makes it so. Neither knows whether they
//! are durable.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::Sku;
use crate::clock::Timestamp;
use crate::id::{CartId, OrderId, PrincipalId, StoreId, VariantId};
use crate::mutant::{Mutant, is_on};
use crate::pricing::LINES_MAX;
use crate::quantity::Quantity;

use super::error::Refused;

/// Whose cart it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner {
    pub store: StoreId,
    pub principal: PrincipalId,
}

/// What the cart is at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    pub owner: Owner,
    /// Every change adds one; 0 is a cart that was never touched.
    pub version: i64,
    /// Every order adds one.
    pub generation: i64,
    /// In the order they were put in. A SKU has one line.
    pub lines: Vec<Line>,
    /// What the last generation became.
    pub last_order: Option<OrderId>,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub sku: Sku,
    pub variant_id: VariantId,
    pub quantity: Quantity,
    pub added_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// So many more of it.
    Add {
        variant_id: VariantId,
        sku: Sku,
        quantity: Quantity,
    },
    /// So many instead; none takes the line out.
    Change {
        sku: Sku,
        quantity: Quantity,
    },
    Remove {
        sku: Sku,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    Changed(Contents),
    AlreadyDone,
}

/// What a cart is frozen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// There is something to buy in it, or it is refused.
    Checkout,
    /// An empty one may be filled.
    Merge,
}

/// A cart that somebody is busy with.
#[derive(Debug)]
pub struct Cart {
    contents: Arc<Contents>,
    /// The checkout or merge that froze it.
    frozen_by: Option<u64>,
}

impl Owner {
    /// One cart per principal: it bears the principal's number.
    pub fn cart(self) -> CartId {
        CartId::from_uuid(self.principal.uuid())
    }
}

impl Contents {
    pub fn empty(owner: Owner, now: Timestamp) -> Self {
        Self { owner, version: 0, generation: 0, lines: Vec::new(), last_order: None, updated_at: now }
    }

    fn place_of(&self, sku: &Sku) -> Option<usize> {
        self.lines.iter().position(|line| line.sku == *sku)
    }
}

impl Cart {
    pub fn new(contents: Contents) -> Self {
        Self { contents: Arc::new(contents), frozen_by: None }
    }

    pub fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    pub fn is_frozen(&self) -> bool {
        self.frozen_by.is_some()
    }

    /// What the cart would be after `edit`. `expected` is the version that whoever asks has seen.
    pub fn decide(&self, edit: &Edit, expected: Option<i64>, now: Timestamp) -> Result<Outcome, Refused> {
        if self.is_frozen() && !is_on(Mutant::CartNotFrozen) {
            return Err(Refused::CompletionInProgress);
        }
        self.check_version(expected)?;
        let place = self.contents.place_of(edit.sku());
        match (edit, place) {
            (Edit::Add { quantity: Quantity::ZERO, .. }, _) => Ok(Outcome::AlreadyDone),
            (Edit::Add { sku, variant_id, quantity }, Some(place)) => {
                let asked = self.contents.lines[place].quantity.get().saturating_add(quantity.get());
                let Ok(quantity) = Quantity::new(asked) else {
                    return Err(Refused::TooMany { sku: sku.clone(), asked });
                };
                Ok(self.changed(now, |lines| {
                    lines[place].quantity = quantity;
                    // A SKU may have been given to another variant since.
                    lines[place].variant_id = *variant_id;
                }))
            }
            (Edit::Add { .. }, None) if self.contents.lines.len() >= LINES_MAX => Err(Refused::TooManyLines),
            (Edit::Add { sku, variant_id, quantity }, None) => {
                let line = Line { sku: sku.clone(), variant_id: *variant_id, quantity: *quantity, added_at: now };
                Ok(self.changed(now, |lines| lines.push(line)))
            }
            (Edit::Change { quantity, .. }, Some(place)) if self.contents.lines[place].quantity == *quantity => {
                Ok(Outcome::AlreadyDone)
            }
            (Edit::Change { quantity: Quantity::ZERO, .. } | Edit::Remove { .. }, Some(place)) => {
                Ok(self.changed(now, |lines| drop(lines.remove(place))))
            }
            (Edit::Change { quantity, .. }, Some(place)) => {
                Ok(self.changed(now, |lines| lines[place].quantity = *quantity))
            }
            (Edit::Change { quantity: Quantity::ZERO, .. } | Edit::Remove { .. }, None) => Ok(Outcome::AlreadyDone),
            (Edit::Change { sku, .. }, None) => Err(Refused::NoSuchLine { sku: sku.clone() }),
        }
    }

    /// Makes it so. `contents` are what `decide` answered.
    pub fn apply(&mut self, contents: Contents) {
        assert!(
            contents.version == self.contents.version + 1 && contents.generation == self.contents.generation,
            "an edit follows on the version it was decided at"
        );
        self.contents = Arc::new(contents);
    }

    /// Keeps everybody else away until `thaw` or `convert` by the same checkout.
    pub fn freeze(&mut self, checkout: u64, expected: Option<i64>, purpose: Purpose) -> Result<(), Refused> {
        if self.is_frozen() && !is_on(Mutant::CartNotFrozen) {
            return Err(Refused::CompletionInProgress);
        }
        self.check_version(expected)?;
        if self.contents.lines.is_empty() && purpose == Purpose::Checkout {
            return Err(Refused::Empty { last_order: self.contents.last_order });
        }
        self.frozen_by = Some(checkout);
        Ok(())
    }

    /// The checkout came to nothing. Another's thaw changes nothing.
    pub fn thaw(&mut self, checkout: u64) {
        if self.frozen_by == Some(checkout) {
            self.frozen_by = None;
        }
    }

    /// The checkout became `order`: the journal has written the next generation, and this is how it looks.
    pub fn convert(&mut self, checkout: u64, order: OrderId, at: Timestamp) {
        if self.frozen_by != Some(checkout) {
            return;
        }
        self.frozen_by = None;
        self.contents = Arc::new(Contents {
            owner: self.contents.owner,
            version: self.contents.version + 1,
            generation: self.contents.generation + 1,
            lines: Vec::new(),
            last_order: Some(order),
            updated_at: at,
        });
    }

    fn check_version(&self, expected: Option<i64>) -> Result<(), Refused> {
        let current = self.contents.version;
        if expected.is_none_or(|expected| expected == current) {
            Ok(())
        } else {
            Err(Refused::VersionConflict { current })
        }
    }

    fn changed(&self, now: Timestamp, change: impl FnOnce(&mut Vec<Line>)) -> Outcome {
        let mut contents = Contents::clone(&self.contents);
        change(&mut contents.lines);
        contents.version += 1;
        contents.updated_at = now;
        Outcome::Changed(contents)
    }
}

impl Edit {
    pub fn sku(&self) -> &Sku {
        match self {
            Self::Add { sku, .. } | Self::Change { sku, .. } | Self::Remove { sku } => sku,
        }
    }
}
