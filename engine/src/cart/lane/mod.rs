//! The carts' own way into the database: an edit is answered when it is durable, many edits are one statement.
//!
//! ```text
//! edits  a1 b1 a2 │ c1 a3 b2 c2 ...        the next batch fills while one is under way: no timer
//! batch  {a2, b1} │ {a3, b2, c2}           of each cart only the newest contents are written
//! ```
//!
//! It runs beside the journal, on a connection of its own, so that browsing never delays an order. It needs no fence: each
//! cart's row is compared with the version and generation that the edit was decided on, so that an edit behind an order's
//! conversion, or behind another server's, writes nothing.

mod batch;
mod durability;
mod writer;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::actor::{Pass, Reply};
use crate::runtime::Runtime;

use super::cart::Contents;
use super::error::Refused;
use super::frozen::Frozen;
use super::rows::CartRows;

pub(super) use durability::Durability;
use writer::Writer;

/// Room for one edit on its way.
pub(super) type Seat = OwnedSemaphorePermit;

pub(super) type Answer = Result<Kept, NotKept>;

/// What is durable.
pub(super) struct Kept {
    pub(super) contents: Arc<Contents>,
    /// For whoever checks out.
    pub(super) frozen: Option<Frozen>,
}

pub(super) enum NotKept {
    Refused(Refused),
    /// Nothing was done: what the actor remembers is not what the database holds. Rebuild it and ask again.
    Outdated,
    /// Nothing was done; the actor is to be rebuilt.
    Unavailable,
    /// Whether it was kept is not known; the actor is to be rebuilt.
    OutcomeUnknown,
}

/// Somebody waits until `contents` are durable.
pub(super) struct Entry {
    pub(super) contents: Arc<Contents>,
    pub(super) durability: Arc<Durability>,
    pub(super) seat: Option<Seat>,
    pub(super) frozen: Option<Frozen>,
    pub(super) reply: Reply<Answer>,
    /// The actor is not read anew from the database while this is under way.
    pub(super) pass: Pass,
}

#[derive(Clone)]
pub(super) struct Lane {
    inbox: mpsc::UnboundedSender<Entry>,
    seats: Arc<Semaphore>,
}

impl Lane {
    /// Begins to write. At most `seats` edits may be on their way.
    pub(super) fn start(runtime: &Runtime, rows: Arc<dyn CartRows>, seats: usize) -> Self {
        let (sender, inbox) = mpsc::unbounded_channel();
        runtime.spawn(Writer::new(rows, runtime.clone(), inbox).run());
        Self { inbox: sender, seats: Arc::new(Semaphore::new(seats)) }
    }

    pub(super) fn seat(&self) -> Option<Seat> {
        Arc::clone(&self.seats).try_acquire_owned().ok()
    }

    pub(super) fn free_seats(&self) -> usize {
        self.seats.available_permits()
    }

    pub(super) fn keep(&self, entry: Entry) {
        // It only ends with the program; then nobody waits for the answer.
        if let Err(mpsc::error::SendError(entry)) = self.inbox.send(entry) {
            entry.answer(Err(NotKept::Unavailable));
        }
    }
}

impl Entry {
    /// Tells whoever waits. What is not `Ok` thaws what it froze.
    fn answer(self, outcome: Result<&Arc<Contents>, NotKept>) {
        // The pass and the seat are given back before the answer is: whoever asks again at once finds room.
        drop((self.pass, self.seat));
        let answer = outcome.map(|contents| Kept { contents: Arc::clone(contents), frozen: self.frozen });
        // Whoever went away does not care; a frozen cart thaws when its answer is dropped.
        let _ = self.reply.send(answer);
    }
}
