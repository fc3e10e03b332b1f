//! The stock of one variant: what is on the shelf at each location, who it is promised to, and what is still undecided.
//!
//! Pure: no clock, no database, no `async`. Its memory is the durable level plus the unfinished takes, and nothing else:
//!
//! 1. A take must fit into the durable sellable minus all unfinished takes.
//! 2. What gives back counts only once it is durable.
//! 3. More than the durable sellable is refused, at once and for good: nothing uncommitted is behind a refusal.
//! 4. More than is left beside the unfinished takes waits in line; nobody overtakes.
//! 5. An absolute count waits until no change is unfinished.
//!
//! So any subset of takes may fail, in any order, and every other one is still good.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod decide;
mod promises;
mod shelf;
mod takes;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::id::{LocationId, StoreId, VariantId};

use super::account::Level;
use super::change::{Change, Hold, HoldKey, UsageKey};
use super::command::{Command, Refused};

/// Names one unfinished take of one incarnation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TakeId(u64);

/// What the ledger says to a command.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Done(Decided),
    /// Only others' unfinished takes stand in the way.
    Wait,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Decided {
    /// It may be written. Until it is settled or dropped, what it takes is kept for it.
    Granted(TakeId, Vec<Change>),
    /// It was done before and is durable; nothing to write.
    AlreadyDone,
    Refused(Refused),
}

/// What the ledger is loaded with.
#[derive(Debug, Clone)]
pub struct Durable {
    pub store: StoreId,
    pub levels: Vec<(LocationId, Level)>,
    pub holds: Vec<Hold>,
    pub usage: Vec<(UsageKey, i64)>,
}

pub struct StockLedger {
    variant: VariantId,
    store: StoreId,
    accounts: BTreeMap<LocationId, Account>,
    /// The live ones.
    holds: HashMap<HoldKey, Hold>,
    usage: HashMap<UsageKey, Usage>,
    takes: HashMap<TakeId, Vec<Change>>,
    /// Holds that an unfinished take begins, ends or changes: one unfinished transition per hold.
    underway: HashSet<HoldKey>,
    last_take: u64,
}

#[derive(Debug, Default)]
struct Account {
    level: Level,
    /// What unfinished takes want of the sellable.
    taken: i64,
    /// Unfinished takes that touch this account, whatever they want.
    unfinished: usize,
    /// Those in line. The line itself is the actor's: it holds the reply channels.
    waiting: usize,
    /// What live holds add up to.
    held: i64,
}

#[derive(Debug, Default)]
struct Usage {
    used: i64,
    taken: i64,
}

impl StockLedger {
    pub fn new(variant: VariantId, durable: Durable) -> Self {
        let mut accounts: BTreeMap<LocationId, Account> = BTreeMap::new();
        for (location, level) in durable.levels {
            accounts.insert(location, Account { level, ..Account::default() });
        }
        let mut holds = HashMap::with_capacity(durable.holds.len());
        for hold in durable.holds {
            let account = accounts.entry(hold.key.account.location).or_default();
            account.held = account.held.saturating_add(hold.quantity);
            holds.insert(hold.key, hold);
        }
        for account in accounts.values() {
            assert_eq!(
                account.held, account.level.reserved,
                "live holds of {variant} do not add up to what is reserved"
            );
        }
        let usage = durable.usage.into_iter().map(|(key, used)| (key, Usage { used, taken: 0 })).collect();
        Self {
            variant,
            store: durable.store,
            accounts,
            holds,
            usage,
            takes: HashMap::new(),
            underway: HashSet::new(),
            last_take: 0,
        }
    }

    pub fn level(&self, location: LocationId) -> Level {
        self.accounts.get(&location).map(|account| account.level).unwrap_or_default()
    }

    /// Nothing is undecided: it may be put to sleep.
    pub fn is_idle(&self) -> bool {
        self.takes.is_empty() && self.accounts.values().all(|account| account.waiting == 0)
    }

    pub fn unfinished(&self) -> usize {
        self.takes.len()
    }

    /// The location a waiting command waits at.
    pub fn waits_at(command: &Command) -> Option<LocationId> {
        match command {
            Command::Hold(_) | Command::Adjust { .. } | Command::Set { .. } | Command::Transfer { .. } => {
                Some(command.location())
            }
            Command::Confirm(_)
            | Command::Release(..)
            | Command::Expire(_)
            | Command::Extend(..)
            | Command::Return(_) => None,
        }
    }

    pub fn join_line(&mut self, location: LocationId) {
        let account = self.accounts.entry(location).or_default();
        account.waiting = account.waiting.saturating_add(1);
    }

    pub fn leave_line(&mut self, location: LocationId) {
        let account = self.accounts.entry(location).or_default();
        assert!(account.waiting > 0, "left a line nobody stood in");
        account.waiting = account.waiting.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
