//! The watch beside everything that the writer asks of the database.
//!
//! A database that is down says so, or its connection breaks. One that is stopped, or whose disk hangs, takes what it is
//! sent and says nothing. What was sent to it is not given up for that: it may be durable the next moment. Those who wait
//! *behind* it were never sent, and are told after a while that the database is away; so is everybody who comes, at once,
//! until the answer is there.
//!
//! ```text
//! asked ---------- PATIENCE ----------------------------------------- OVERDUE
//!   |  answered: go on   |  those behind are turned away, then all       |  another connection is asked what became
//!   |                    |  who come; answered: go on                    |  of it (taking the cell)
//! ```
//!
//! `OVERDUE` is longer than every limit that the server itself keeps, so a server that lives answers by then, if only with
//! an error. One that does not may have lost the connection without a word (a machine that is gone, a cut network), and
//! only another connection can tell. That is no end of the transaction: its outcome is unknown, and is resolved.

use std::future::Future;
use std::time::{Duration, Instant};

use super::bundle::NotWritten;
use super::queue::{Queue, refuse};

/// How long the database may be silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Before those who wait behind it are told so.
    patience: Duration,
    /// Before the connection is given up.
    overdue: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { patience: PATIENCE, overdue: OVERDUE }
    }
}

const PATIENCE: Duration = Duration::from_secs(2);
/// How long one answer may take before its connection is given up.
pub(super) const OVERDUE: Duration = Duration::from_secs(15);

/// There was no answer. What was asked may happen, now or later, or not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overdue;

impl Queue {
    /// Waits for `asking`. `silent_since`: from when on the database owes us a sign of life.
    pub(super) async fn watch<T>(
        &mut self,
        silent_since: Instant,
        asking: impl Future<Output = T>,
    ) -> Result<T, Overdue> {
        let Limits { patience, overdue } = self.limits;
        tokio::pin!(asking);
        let asked = self.runtime.now();
        let patience = (silent_since + patience).saturating_duration_since(asked);
        if let Ok(answer) = self.runtime.timeout(patience, asking.as_mut()).await {
            return Ok(answer);
        }
        let mut overdue = self.runtime.sleep((asked + overdue).saturating_duration_since(self.runtime.now()));
        if self.shared.set_down(true) {
            tracing::error!("the database is silent; those who wait are turned away");
        }
        self.turn_away(NotWritten::DatabaseDown);
        let mut open = true;
        loop {
            if self.shared.is_closing() {
                // Whoever ends this program has waited long enough; the next one finds out.
                self.inbox.close();
                self.turn_away(NotWritten::DatabaseDown);
                return Err(Overdue);
            }
            tokio::select! {
                biased;
                answer = &mut asking => return Ok(answer),
                () = &mut overdue => return Err(Overdue),
                () = self.shared.closing.notified() => {}
                received = self.inbox.recv(), if open => match received {
                    Some(submitted) => refuse(submitted, NotWritten::DatabaseDown),
                    None => open = false,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::Arc;

    use tokio::sync::{Semaphore, mpsc, oneshot};

    use super::*;
    use crate::journal::handle::Shared;
    use crate::journal::proof::Proof;
    use crate::journal::queue::{Bounds, Submitted};
    use crate::journal::{Bundle, Receipt};
    use crate::runtime::Runtime;

    type Inbox = mpsc::UnboundedSender<Submitted>;
    type Answer = oneshot::Receiver<Result<Receipt, NotWritten>>;

    const LONG: Duration = Duration::from_secs(3600);

    fn queue(patience: Duration, overdue: Duration) -> (Inbox, Queue) {
        let (inbox, receiver) = mpsc::unbounded_channel();
        let runtime = Runtime::from(tokio::runtime::Handle::current());
        let shared = Arc::new(Shared::new(Arc::new(Proof::new(runtime.clone(), runtime.now())), 1));
        let mut queue = Queue::new(receiver, Bounds::default(), shared, runtime);
        queue.limits = Limits { patience, overdue };
        (inbox, queue)
    }

    fn submit(inbox: &Inbox) -> Answer {
        let (reply, answer) = oneshot::channel();
        let seat = Arc::new(Semaphore::new(1)).try_acquire_owned().expect("one is free");
        assert!(inbox.send(Submitted { bundle: Bundle::default(), reply, _seat: Some(seat) }).is_ok());
        answer
    }

    #[tokio::test]
    async fn an_answer_in_time_disturbs_nobody() {
        let (inbox, mut queue) = queue(LONG, LONG);
        let mut waiting = submit(&inbox);
        assert_eq!(queue.watch(Instant::now(), ready(7)).await, Ok(7));
        assert!(!queue.shared.is_down() && waiting.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_late_answer_is_waited_for_and_whoever_waits_behind_it_is_turned_away() {
        let (inbox, mut queue) = queue(Duration::ZERO, LONG);
        let waiting = submit(&inbox);
        let asking = async {
            assert_eq!(waiting.await.expect("an answer"), Err(NotWritten::DatabaseDown));
            assert_eq!(submit(&inbox).await.expect("an answer"), Err(NotWritten::DatabaseDown), "also who comes later");
            7
        };
        assert_eq!(queue.watch(Instant::now(), asking).await, Ok(7));
        assert!(queue.shared.is_down(), "until whoever asked says that all is well");
    }

    #[tokio::test]
    async fn an_overdue_answer_is_asked_for_elsewhere() {
        let (_inbox, mut queue) = queue(Duration::ZERO, Duration::from_millis(1));
        assert_eq!(queue.watch(Instant::now(), pending::<()>()).await, Err(Overdue));
    }

    #[tokio::test]
    async fn who_ends_the_program_does_not_wait_for_a_silent_database() {
        let (inbox, mut queue) = queue(Duration::ZERO, LONG);
        queue.shared.close();
        assert_eq!(queue.watch(Instant::now(), pending::<()>()).await, Err(Overdue));
        assert!(inbox.is_closed());
    }
}
