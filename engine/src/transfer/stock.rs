//! The stock side of imports and exports, as much as they need of it: counts in, levels out. The stockroom does it, and
//! writes through the journal.

use std::collections::{BTreeMap, HashMap};

use futures_util::future::BoxFuture;

use crate::audit::Subject;
use crate::id::{LocationId, StoreId, VariantId};
use crate::inventory::{Command, StockChange, Stockroom};

/// So many were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockCount {
    pub variant: VariantId,
    /// The code of a location; none: the store's default one.
    pub location: Option<String>,
    pub on_hand: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockSet {
    Set,
    /// It was that many already.
    Unchanged,
}

/// What is on the shelf at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLevel {
    pub variant: VariantId,
    /// The code of a location; none: the store's default one.
    pub location: Option<String>,
    pub on_hand: i64,
    /// Of these, promised to orders.
    pub reserved: i64,
    pub safety: i64,
}

/// Sets stock to what was counted, through the journal.
pub trait StockDesk: Send + Sync {
    /// Each count for itself, answered in the order asked, with a reason where it is refused. No account comes twice. The
    /// audit trail is told that they belong to `subject`.
    fn set<'a>(
        &'a self,
        store: StoreId,
        subject: Subject,
        counts: Vec<StockCount>,
    ) -> BoxFuture<'a, Vec<Result<StockSet, String>>>;

    /// The durable levels of these variants, in no order.
    fn levels(&self, store: StoreId, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<StockLevel>, String>>;
}

impl StockDesk for Stockroom {
    fn set<'a>(
        &'a self,
        store: StoreId,
        subject: Subject,
        counts: Vec<StockCount>,
    ) -> BoxFuture<'a, Vec<Result<StockSet, String>>> {
        Box::pin(set(self, store, subject, counts))
    }

    fn levels(&self, store: StoreId, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<StockLevel>, String>> {
        Box::pin(async move {
            let default = self.location(store, None).await.map_err(|error| error.to_string())?;
            let levels = self.levels_of(variants).await.map_err(|error| error.to_string())?;
            Ok(levels
                .into_iter()
                .map(|(variant, row)| StockLevel {
                    variant,
                    location: Some(row.location_code).filter(|_| row.location != default),
                    on_hand: row.level.on_hand,
                    reserved: row.level.reserved,
                    safety: row.level.safety,
                })
                .collect())
        })
    }
}

/// Counts that say what is so already are left out, so that repeating an import wakes nobody and writes nothing.
async fn set(
    stockroom: &Stockroom,
    store: StoreId,
    subject: Subject,
    counts: Vec<StockCount>,
) -> Vec<Result<StockSet, String>> {
    let mut answers: Vec<Result<StockSet, String>> = Vec::with_capacity(counts.len());
    let mut wanted: BTreeMap<(VariantId, LocationId), (usize, i64)> = BTreeMap::new();
    let mut locations: HashMap<Option<String>, Result<LocationId, String>> = HashMap::new();
    for (n, count) in counts.iter().enumerate() {
        let location = match locations.get(&count.location) {
            Some(known) => known.clone(),
            None => {
                let found = stockroom.location(store, count.location.clone()).await.map_err(|error| error.to_string());
                locations.insert(count.location.clone(), found.clone());
                found
            }
        };
        match location {
            Ok(_) if count.on_hand < 0 => answers.push(Err(format!("{} is no count", count.on_hand))),
            Ok(location) => {
                wanted.insert((count.variant, location), (n, count.on_hand));
                answers.push(Ok(StockSet::Unchanged));
            }
            Err(error) => answers.push(Err(error)),
        }
    }
    let mut variants: Vec<VariantId> = wanted.keys().map(|(variant, _)| *variant).collect();
    variants.dedup();
    match stockroom.levels_of(variants).await {
        Ok(levels) => {
            for (variant, row) in levels {
                let place = (variant, row.location);
                if wanted.get(&place).is_some_and(|(_, on_hand)| *on_hand == row.level.on_hand) {
                    wanted.remove(&place);
                }
            }
        }
        Err(error) => {
            for (n, _) in wanted.into_values() {
                answers[n] = Err(error.to_string());
            }
            return answers;
        }
    }
    // In the order of the accounts, which is the order in which every placement takes them: no circle of waiting.
    let changes = wanted
        .iter()
        .map(|((variant, location), (_, on_hand))| StockChange {
            variant: *variant,
            command: Command::Set {
                location: *location,
                on_hand: *on_hand,
                safety: None,
                count_version: None,
                reference: Some("import".to_owned()),
            },
        })
        .collect();
    for ((n, _), outcome) in wanted.into_values().zip(stockroom.set_many(changes, subject).await) {
        answers[n] = outcome.map(|()| StockSet::Set).map_err(|error| error.to_string());
    }
    answers
}
