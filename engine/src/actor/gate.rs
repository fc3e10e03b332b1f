//! Which of an actor's promises are under way in the journal, and the door that closes before it is rebuilt.
//!
//! A take that was appended to the journal will end, one way or the other; a take that was not may be dropped at any time.
//! Whoever appends passes the gate; whoever rebuilds the actor closes the gate and waits until the last pass is given back.
//! So no bundle can slip in between the reload of an account and its first new promise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

const CLOSED: u64 = 1 << 63;

/// One incarnation's gate.
#[derive(Default)]
pub struct Gate {
    /// The number of passes out, and the CLOSED bit.
    state: AtomicU64,
    empty: Notify,
}

/// Given while something appended is under way. Dropping it gives it back.
pub struct Pass(Arc<Gate>);

impl Gate {
    /// A pass, unless the gate is closed.
    pub fn pass(self: &Arc<Self>) -> Option<Pass> {
        let before = self.state.fetch_add(1, Ordering::AcqRel);
        let pass = Pass(Arc::clone(self));
        (before & CLOSED == 0).then_some(pass)
    }

    pub fn is_closed(&self) -> bool {
        self.state.load(Ordering::Acquire) & CLOSED != 0
    }

    /// No pass is given from now on.
    pub fn close(&self) {
        self.state.fetch_or(CLOSED, Ordering::AcqRel);
    }

    /// No pass is out. Of a closed gate, that is for ever.
    pub fn is_empty(&self) -> bool {
        self.state.load(Ordering::Acquire) & !CLOSED == 0
    }

    /// Waits until every pass that was given has come back. Close it first, or it may never happen.
    pub async fn emptied(&self) {
        loop {
            let woken = self.empty.notified();
            tokio::pin!(woken);
            // Listening begins before the look, so that a pass given back in between is not missed.
            woken.as_mut().enable();
            if self.is_empty() {
                return;
            }
            woken.await;
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let before = self.0.state.fetch_sub(1, Ordering::AcqRel);
        if before == CLOSED + 1 {
            self.0.empty.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_gate_lets_nobody_in_and_empties_when_the_last_has_left() {
        let gate = Arc::new(Gate::default());
        let first = gate.pass().expect("open");
        let second = gate.pass().expect("open");
        gate.close();
        assert!(gate.pass().is_none());
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.emptied().await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(second);
        waiting.await.expect("it ends");
    }
}
