//! One key's place in the directory: who is there, who is coming or going, or whose promises are still open.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::directory::{Resident, StartError};
use super::gate::Gate;
use super::mailbox::Mailbox;

/// Whoever waits for an actor to be awake.
pub(super) type Caller<A> = oneshot::Sender<Result<Arc<Mailbox<A>>, StartError>>;

pub(super) enum Slot<A: Resident> {
    Awake(Incarnation<A>),
    /// Being loaded, or asked to sleep.
    Between(Between<A>),
    /// Nobody is there, and what the last one appended has perhaps not ended.
    Closed(Arc<Gate>),
}

pub(super) struct Incarnation<A: Resident> {
    pub(super) mailbox: Arc<Mailbox<A>>,
    pub(super) gate: Arc<Gate>,
}

pub(super) struct Between<A: Resident> {
    /// Those who came meanwhile.
    pub(super) waiting: Vec<Caller<A>>,
    /// Evicted meanwhile: what is being loaded may be old already, who is asked to sleep must not come back.
    pub(super) doomed: bool,
    /// Of the incarnation that goes, or of the last one.
    pub(super) gate: Option<Arc<Gate>>,
}

impl<A: Resident> Slot<A> {
    pub(super) fn gate(&self) -> Option<Arc<Gate>> {
        match self {
            Self::Awake(incarnation) => Some(Arc::clone(&incarnation.gate)),
            Self::Between(between) => between.gate.clone(),
            Self::Closed(gate) => Some(Arc::clone(gate)),
        }
    }
}

impl<A: Resident> Between<A> {
    pub(super) fn new(gate: Option<Arc<Gate>>) -> Self {
        Self { waiting: Vec::new(), doomed: false, gate }
    }

    /// A place among those who wait, unless `seats` wait already. Whoever went away has left its place.
    pub(super) fn join(&mut self, seats: usize) -> Option<oneshot::Receiver<Result<Arc<Mailbox<A>>, StartError>>> {
        if self.waiting.len() >= seats {
            self.waiting.retain(|caller| !caller.is_closed());
        }
        (self.waiting.len() < seats).then(|| {
            let (sender, receiver) = oneshot::channel();
            self.waiting.push(sender);
            receiver
        })
    }
}
