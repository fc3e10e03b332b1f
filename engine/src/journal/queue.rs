//! Those who want something written and wait: first come, first written, as many at a time as a batch may hold.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::inventory::Taken;
use crate::mutant::{Mutant, is_on};
use crate::runtime::Runtime;

use super::bundle::{Bundle, NotWritten, Receipt};
use super::handle::Shared;
use super::watch::Limits;

/// How much one batch may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub bundles_max: usize,
    pub bytes_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bundles_max: 512, bytes_max: 4 << 20 }
    }
}

pub(super) struct Submitted {
    pub(super) bundle: Bundle,
    pub(super) reply: oneshot::Sender<Result<Receipt, NotWritten>>,
    pub(super) _seat: Option<OwnedSemaphorePermit>,
}

pub(super) struct Queue {
    pub(super) inbox: mpsc::UnboundedReceiver<Submitted>,
    /// Taken from the inbox, not yet sent.
    backlog: VecDeque<Submitted>,
    bounds: Bounds,
    pub(super) shared: Arc<Shared>,
    pub(super) runtime: Runtime,
    pub(super) limits: Limits,
}

impl Queue {
    pub(super) fn new(
        inbox: mpsc::UnboundedReceiver<Submitted>,
        bounds: Bounds,
        shared: Arc<Shared>,
        runtime: Runtime,
    ) -> Self {
        Self { inbox, backlog: VecDeque::new(), bounds, shared, runtime, limits: Limits::default() }
    }

    pub(super) fn push(&mut self, submitted: Submitted) {
        self.backlog.push_back(submitted);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.backlog.is_empty()
    }

    pub(super) fn collect(&mut self) {
        while self.backlog.len() < self.bounds.bundles_max {
            match self.inbox.try_recv() {
                Ok(submitted) => self.backlog.push_back(submitted),
                Err(_) => break,
            }
        }
    }

    /// As many as the bounds allow, first come first written.
    pub(super) fn next_batch(&mut self) -> Vec<Submitted> {
        let mut bytes = 0;
        let mut batch = Vec::with_capacity(self.backlog.len().min(self.bounds.bundles_max));
        while let Some(submitted) = self.backlog.pop_front() {
            if submitted.bundle.takes.iter().any(Taken::is_withdrawn) && !is_on(Mutant::WithdrawnIsWritten) {
                // Its actor was rebuilt since: what it promised is no longer kept for this bundle.
                refuse(submitted, NotWritten::Withdrawn);
                continue;
            }
            bytes += submitted.bundle.approximate_bytes();
            batch.push(submitted);
            if batch.len() >= self.bounds.bundles_max || bytes >= self.bounds.bytes_max {
                break;
            }
        }
        batch
    }

    /// All who wait: they were never sent. What is in doubt is not among them.
    pub(super) fn turn_away(&mut self, why: NotWritten) {
        for submitted in self.backlog.drain(..) {
            refuse(submitted, why);
        }
        while let Ok(submitted) = self.inbox.try_recv() {
            refuse(submitted, why);
        }
    }
}

/// The takes are dropped with the bundle, before the answer: whoever is told "again" finds room.
pub(super) fn refuse(submitted: Submitted, why: NotWritten) {
    let Submitted { bundle, reply, .. } = submitted;
    drop(bundle);
    // A caller that went away does not care.
    let _ = reply.send(Err(why));
}

pub(super) fn refuse_all(submitted: &mut Vec<Submitted>, why: NotWritten) {
    for one in submitted.drain(..) {
        refuse(one, why);
    }
}
