//! The way to the stock. Cheap to clone; the only public name of the SKU actors.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::{StreamExt, stream};

use crate::actor::{Directory, Load, Unanswered, Wiring};
use crate::clock::Timestamp;
use crate::fail_point::{Point, reach};
use crate::id::{LocationId, VariantId};
use crate::journal::{Levels, NotWritten};

use super::account::{AccountId, Level};
use super::actor::{Ask, Loaded, SkuActor};
use super::board::{Board, Snapshot};
use super::command::Command;
use super::error::Error;
use super::rows::StockRows;
use super::taken::Taken;

/// Yes.
pub enum Granted {
    /// Kept for you until you write it or let go of it.
    Take(Taken),
    /// It was done before; nothing to write.
    AlreadyDone,
}

#[derive(Clone)]
pub struct Handle {
    actors: Directory<SkuActor>,
    board: Arc<Board>,
    rows: Arc<dyn StockRows>,
    /// Nothing is promised of these any more.
    stopped: Arc<ArcSwap<HashSet<VariantId>>>,
}

/// How often a question is asked: an actor may fall asleep, or be put out of office, while it is on its way.
const TRIES: u32 = 4;
/// The same question, and it died of it each time.
const DEATHS: u32 = 2;
/// How many are woken at once, ahead of those who will ask.
const WOKEN_AT_ONCE: usize = 64;

impl Handle {
    pub fn new(wiring: Wiring, rows: Arc<dyn StockRows>, epoch: i64) -> Self {
        let board = Arc::new(Board::new(epoch));
        let load: Load<SkuActor> = {
            let (rows, board) = (Arc::clone(&rows), Arc::clone(&board));
            Arc::new(move |variant| {
                let (rows, board) = (Arc::clone(&rows), Arc::clone(&board));
                Box::pin(async move {
                    let durable = rows.load(variant).await?;
                    reach(Point::Activation);
                    Ok(Loaded { durable, board })
                })
            })
        };
        Self { actors: Directory::new(wiring, load), board, rows, stopped: Arc::default() }
    }

    /// Asks the stock of `variant` for something it may have to refuse. Waits in line if it must. Safe to repeat.
    pub async fn take(&self, variant: VariantId, command: Command, now: Timestamp) -> Result<Granted, Error> {
        // What ends a promise is bounded by the promises that are open, and must not be refused for want of a seat:
        // those who wait may be waiting for just this release.
        let seated = match command {
            Command::Hold(_) | Command::Adjust { .. } | Command::Set { .. } | Command::Transfer { .. } => true,
            Command::Confirm(_)
            | Command::Release(..)
            | Command::Expire(_)
            | Command::Extend(..)
            | Command::Return(_) => false,
        };
        let mut deaths = 0;
        for _ in 0..TRIES {
            if self.stopped.load().contains(&variant) {
                return Err(Error::NotWritten(NotWritten::Stopped));
            }
            let mailbox =
                if seated { self.actors.get(variant).await? } else { self.actors.get_unseated(variant).await? };
            let ask = |reply| Ask { command: command.clone(), now, reply };
            let answer = if seated { mailbox.ask(ask).await } else { mailbox.ask_unseated(ask).await };
            match answer {
                Ok(answer) => return Ok(answer?),
                Err(Unanswered::Full) => return Err(Error::Busy),
                // It slept, was evicted or panicked just now. What it had promised is promised no more: asking again is safe.
                Err(Unanswered::Gone) => deaths += u32::from(self.actors.found_dead(variant, &mailbox)),
            }
            if deaths >= DEATHS {
                let incident = uuid::Uuid::new_v4().simple().to_string();
                tracing::error!(incident, variant = %variant, command = ?command, "the same question made an actor panic twice");
                return Err(Error::Incident { incident });
            }
        }
        Err(Error::Busy)
    }

    /// Wakes those who will be asked soon, many at once. That one does not wake is told to whoever asks it.
    pub async fn wake(&self, variants: Vec<VariantId>) {
        let waking = variants.into_iter().map(|variant| {
            let actors = self.actors.clone();
            async move { drop(actors.get(variant).await) }
        });
        stream::iter(waking).buffer_unordered(WOKEN_AT_ONCE).collect::<()>().await;
    }

    /// Has the stock of `variant` read anew before it is asked again: what it said is not what the database says.
    pub fn distrust(&self, variant: VariantId) {
        self.actors.evict(variant);
    }

    /// How many of each variant can be sold from `location`, as last known; one read for all those that nobody has asked for
    /// since the server started, which is remembered.
    pub async fn sellable(&self, location: LocationId, variants: &[VariantId]) -> Result<Vec<i64>, Error> {
        let known = |variant| self.board.get(AccountId { variant, location }).map(|seen| seen.sellable);
        let mut unknown: Vec<VariantId> =
            variants.iter().copied().filter(|variant| known(*variant).is_none()).collect();
        unknown.sort();
        unknown.dedup();
        let mut read: HashMap<VariantId, Level> = HashMap::new();
        if !unknown.is_empty() {
            let before = self.board.before_reading();
            let asked = unknown.clone();
            let rows = self.rows.levels(asked).await?;
            let here = rows.into_iter().filter(|(_, row)| row.location == location);
            read.extend(here.map(|(variant, row)| (variant, row.level)));
            for variant in unknown {
                // Where there is no row, there never was any.
                let level = *read.entry(variant).or_default();
                self.board.read(before, AccountId { variant, location }, &level);
            }
        }
        // What was published meanwhile is newer.
        let sellable = |variant| known(variant).or_else(|| read.get(&variant).map(|level| level.sellable().max(0)));
        Ok(variants.iter().map(|variant| sellable(*variant).unwrap_or(0)).collect())
    }

    /// The newest durable snapshot, if this account was asked for since the server started.
    pub fn snapshot(&self, account: AccountId) -> Option<Snapshot> {
        self.board.get(account)
    }

    pub fn awake(&self) -> usize {
        self.actors.awake()
    }

    pub async fn retire_idle(&self, idle_ticks: u64) {
        self.actors.retire_idle(idle_ticks).await;
    }
}

impl Handle {
    /// These are durable.
    pub(crate) fn publish(&self, epoch: i64, levels: &Levels) {
        self.board.publish(epoch, levels.iter().map(|(account, level)| (*account, *level)));
    }

    pub(crate) fn settle(&self, takes: Vec<Taken>) {
        Taken::settle_all(takes);
    }

    /// Memory and database differ on these: they are read anew. First the actors, then the board: what a load that was
    /// overtaken had read is put up nowhere.
    pub(crate) fn stop(&self, accounts: &[AccountId]) {
        for account in accounts {
            self.actors.evict(account.variant);
            self.board.forget(*account);
        }
    }

    /// These differ again and again: reading them anew does not help.
    pub(crate) fn stop_for_good(&self, accounts: &[AccountId]) {
        self.stopped.rcu(|stopped| {
            let more = accounts.iter().map(|account| account.variant);
            stopped.iter().copied().chain(more).collect::<HashSet<_>>()
        });
        let stopped = u32::try_from(self.stopped.load().len()).unwrap_or(u32::MAX);
        metrics::gauge!("doorbuster_inventory_variants_stopped").set(f64::from(stopped));
        self.stop(accounts);
    }

    /// Another owns the cell: what is put up here would not be kept up with what is sold there. Until all is forgotten,
    /// whoever wants to see a level has it read.
    pub(crate) fn stand_by(&self) {
        self.board.close();
    }

    /// Another owned the cell: all memory is worth nothing.
    pub(crate) fn forget_all(&self) {
        self.actors.evict_all();
        self.board.forget_all();
    }
}
