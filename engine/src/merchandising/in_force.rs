//! The rules in memory: what each search of a store is given.
//!
//! What is kept is every rule that could hold; which of them do is worked out when that changes, by the shop's clock, so that
//! a rule begins and ends at its moment without anybody waking up for it.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use search_index::Rules;

use crate::clock::{Clock, Timestamp};
use crate::id::StoreId;

use super::rule::Rule;
use super::synonym::Synonym;

/// Cheap to clone; all clones share one memory.
#[derive(Clone)]
pub struct InForce {
    clock: Arc<dyn Clock>,
    stores: Arc<ArcSwap<HashMap<StoreId, Arc<Kept>>>>,
}

/// Of one store.
struct Kept {
    synonyms: Vec<search_index::Synonym>,
    rules: Vec<Rule>,
    now: ArcSwap<Stretch>,
}

/// What holds until something begins or ends.
struct Stretch {
    rules: Arc<Rules>,
    until: Option<Timestamp>,
}

impl InForce {
    /// Knows no rule yet.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, stores: Arc::default() }
    }

    /// What holds now in this store. Costs no I/O.
    pub fn of(&self, store: StoreId) -> Arc<Rules> {
        let stores = self.stores.load();
        let Some(kept) = stores.get(&store) else { return Arc::default() };
        let stretch = kept.now.load();
        match stretch.until {
            Some(until) if until <= self.clock.now() => kept.look(self.clock.now()),
            _ => Arc::clone(&stretch.rules),
        }
    }

    /// From now on the store has these.
    pub(super) fn put(&self, store: StoreId, synonyms: &[Synonym], rules: Vec<Rule>) {
        let kept = Arc::new(Kept::new(synonyms, rules, self.clock.now()));
        self.stores.rcu(|stores| {
            let mut stores = HashMap::clone(stores);
            stores.insert(store, Arc::clone(&kept));
            stores
        });
    }

    /// From now on there are these, in all stores together.
    pub(super) fn put_all(&self, synonyms: Vec<Synonym>, rules: Vec<Rule>) {
        let mut by_store: HashMap<StoreId, (Vec<Synonym>, Vec<Rule>)> = HashMap::new();
        for synonym in synonyms {
            by_store.entry(synonym.store_id).or_default().0.push(synonym);
        }
        for rule in rules {
            by_store.entry(rule.store_id).or_default().1.push(rule);
        }
        let now = self.clock.now();
        let kept = |(store, (synonyms, rules)): (StoreId, (Vec<Synonym>, Vec<Rule>))| {
            (store, Arc::new(Kept::new(&synonyms, rules, now)))
        };
        self.stores.store(Arc::new(by_store.into_iter().map(kept).collect()));
    }
}

impl Kept {
    fn new(synonyms: &[Synonym], rules: Vec<Rule>, now: Timestamp) -> Self {
        let synonyms: Vec<_> = synonyms.iter().map(Synonym::for_index).collect();
        let stretch = ArcSwap::from_pointee(stretch(&synonyms, &rules, now));
        Self { synonyms, rules, now: stretch }
    }

    fn look(&self, now: Timestamp) -> Arc<Rules> {
        let stretch = stretch(&self.synonyms, &self.rules, now);
        let rules = Arc::clone(&stretch.rules);
        self.now.store(Arc::new(stretch));
        rules
    }
}

fn stretch(synonyms: &[search_index::Synonym], rules: &[Rule], now: Timestamp) -> Stretch {
    let in_force = rules.iter().filter(|rule| rule.is_in_force(now)).map(Rule::for_index).collect();
    let until = rules.iter().filter_map(|rule| rule.changes_after(now)).min();
    Stretch { rules: Arc::new(Rules::new(synonyms.to_vec(), in_force)), until }
}
