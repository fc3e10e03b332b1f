//! PURE. What a stretch of the outbox asks to be looked at again, each thing once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::catalog::{self, Changed};
use crate::clock::Timestamp;
use crate::id::{BrandId, CategoryId, ProductId, StoreId, VariantId};
use crate::outbox::Event;

/// Written by the journal: the levels that a batch moved.
pub(super) const STOCK: &str = "stock";
/// Written by whoever wants the index made anew while this process has it.
pub(super) const REINDEX: &str = "search.reindex";
/// Written with a change of how a store is searched.
pub(super) const SETTINGS: &str = "search.settings";
/// Written by whoever counts sales: products that are wanted more, or less, than the index knows.
pub(super) const SIGNALS: &str = "search.signals";

pub(super) const TOPICS: &[&str] = &[catalog::TOPIC, STOCK, REINDEX, SETTINGS, SIGNALS];

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) products: BTreeMap<StoreId, BTreeSet<ProductId>>,
    pub(super) categories: BTreeMap<StoreId, BTreeSet<CategoryId>>,
    pub(super) brands: BTreeMap<StoreId, BTreeSet<BrandId>>,
    /// Whose stock moved.
    pub(super) variants: BTreeSet<VariantId>,
    pub(super) reindex: bool,
    /// Some store is to be searched otherwise.
    pub(super) settings: bool,
    /// When what makes documents was written, and what moves stock, event by event.
    pub(super) documents_at: Vec<Timestamp>,
    pub(super) stock_at: Vec<Timestamp>,
}

/// What a topic of the search's own says.
#[derive(Deserialize)]
struct Named {
    products: Vec<ProductId>,
}

#[derive(Deserialize)]
struct Moved {
    variant: VariantId,
}

impl Changes {
    /// An event that cannot be read is passed over, loudly: waiting would not make it readable, and the rest goes on.
    pub(super) fn of(events: &[Event]) -> Self {
        let mut changes = Self::default();
        for event in events {
            if let Err(error) = changes.add(event) {
                tracing::error!(outbox.position = %event.position, outbox.topic = event.topic, %error, "an event cannot be read");
            }
        }
        changes
    }

    fn add(&mut self, event: &Event) -> serde_json::Result<()> {
        match event.topic.as_str() {
            catalog::TOPIC => {
                let changed = Changed::deserialize(&event.payload)?;
                self.products.entry(event.store).or_default().extend(changed.products);
                self.categories.entry(event.store).or_default().extend(changed.categories);
                self.brands.entry(event.store).or_default().extend(changed.brands);
                self.documents_at.push(event.at);
            }
            SIGNALS => {
                let named = Named::deserialize(&event.payload)?;
                self.products.entry(event.store).or_default().extend(named.products);
            }
            STOCK => {
                let moved = Vec::<Moved>::deserialize(&event.payload)?;
                self.variants.extend(moved.into_iter().map(|moved| moved.variant));
                self.stock_at.push(event.at);
            }
            REINDEX => self.reindex = true,
            SETTINGS => self.settings = true,
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::outbox::Position;

    fn event(topic: &str, payload: Value) -> Event {
        let at = Timestamp::UNIX_EPOCH;
        Event { position: Position::default(), store: StoreId::MAIN, topic: topic.to_owned(), payload, at }
    }

    #[test]
    fn each_thing_is_looked_at_once_however_often_it_changed() {
        let (shirt, lamp) = (ProductId::from_uuid(Uuid::from_u128(1)), ProductId::from_uuid(Uuid::from_u128(2)));
        let red = VariantId::from_uuid(Uuid::from_u128(3));
        let acme = BrandId::from_uuid(Uuid::from_u128(4));
        let changes = Changes::of(&[
            event("catalog", json!({ "products": [shirt, lamp] })),
            event("catalog", json!({ "products": [shirt], "brands": [acme], "skus": ["S-1"] })),
            event("stock", json!([{ "variant": red, "location": "loc_x", "on_hand": 5, "sellable": 4, "seq": 9 }])),
            event("stock", json!([{ "variant": red, "on_hand": 5, "sellable": 3, "seq": 10 }])),
        ]);
        assert_eq!(changes.products[&StoreId::MAIN], BTreeSet::from([shirt, lamp]));
        assert_eq!(changes.brands[&StoreId::MAIN], BTreeSet::from([acme]));
        assert_eq!(changes.variants, BTreeSet::from([red]));
        assert!(!changes.reindex);
    }

    #[test]
    fn what_cannot_be_read_does_not_hold_up_the_rest() {
        let (shirt, lamp) = (ProductId::from_uuid(Uuid::from_u128(1)), ProductId::from_uuid(Uuid::from_u128(2)));
        let changes = Changes::of(&[
            event("stock", json!("nonsense")),
            event("catalog", json!({ "products": ["nonsense"] })),
            event("catalog", json!({ "products": [shirt] })),
            event("search.reindex", json!({})),
            event("search.signals", json!({ "products": [lamp] })),
            event("elsewhere", json!(1)),
        ]);
        assert_eq!(changes.products[&StoreId::MAIN], BTreeSet::from([shirt, lamp]));
        assert!(changes.reindex);
        assert_eq!((changes.documents_at.len(), changes.stock_at.len()), (1, 0));
    }
}
