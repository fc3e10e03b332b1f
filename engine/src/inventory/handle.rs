//! The way to the stock. Cheap to clone; the only public name of the SKU actors.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::actor::{Directory, Load, Unanswered, Wiring};
use crate::clock::Timestamp;
use crate::id::VariantId;
use crate::journal::{Consequences, Levels};
use crate::postgres::Database;

use super::account::AccountId;
use super::actor::{Ask, SkuActor};
use super::board::{Board, Snapshot};
use super::command::Command;
use super::error::Error;
use super::store;
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
    epoch: Arc<AtomicI64>,
}

impl Handle {
    pub fn new(wiring: Wiring, database: Database, epoch: i64) -> Self {
        let board = Arc::new(Board::default());
        let epoch = Arc::new(AtomicI64::new(epoch));
        let load: Load<SkuActor> = {
            let board = Arc::clone(&board);
            let epoch = Arc::clone(&epoch);
            Arc::new(move |variant| {
                let (database, board, epoch) = (database.clone(), Arc::clone(&board), Arc::clone(&epoch));
                Box::pin(async move {
                    let mut connection = database.connection().await?;
                    let durable = store::load(&mut connection, variant).await?;
                    for (location, level) in &durable.levels {
                        let account = AccountId { variant, location: *location };
                        board.publish(epoch.load(Ordering::Relaxed), account, level);
                    }
                    Ok(durable)
                })
            })
        };
        Self { actors: Directory::new(wiring, load), board, epoch }
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
        for _ in 0..2 {
            let mailbox = self.actors.get(variant).await?;
            let ask = |reply| Ask { command: command.clone(), now, reply };
            let answer = if seated { mailbox.ask(ask).await } else { mailbox.ask_unseated(ask).await };
            match answer {
                Ok(answer) => return Ok(answer?),
                Err(Unanswered::Full) => return Err(Error::Busy),
                // It slept or panicked just now. A panicked actor forgot what it had promised: asking again is safe.
                Err(Unanswered::Gone) => {}
            }
        }
        let incident = uuid::Uuid::new_v4().simple().to_string();
        tracing::error!(incident, variant = %variant, command = ?command, "the same question made an actor panic twice");
        Err(Error::Incident { incident })
    }

    /// The newest durable snapshot, if this account was awake since the server started.
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

impl Consequences for Handle {
    fn publish(&self, epoch: i64, levels: &Levels) {
        self.epoch.store(epoch, Ordering::Relaxed);
        for (account, level) in levels {
            self.board.publish(epoch, *account, level);
        }
    }

    fn settle(&self, takes: Vec<Taken>) {
        Taken::settle_all(takes);
    }

    fn stop(&self, accounts: &[AccountId]) {
        for account in accounts {
            self.board.forget(*account);
            self.actors.evict(account.variant);
        }
    }

    fn forget_all(&self) {
        self.board.forget_all();
        self.actors.evict_all();
    }
}
