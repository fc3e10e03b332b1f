//! What the regulars were told: at which counter, when, and whether they got what they wanted.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// One that only an owner gives: sold, or refused for good. What was sold before may be told again by whoever sold it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    /// The place of the server.
    pub(crate) place: usize,
    pub(crate) asked: Instant,
    pub(crate) heard: Instant,
    /// A new order was acknowledged.
    pub(crate) sold: bool,
}

/// In the order in which they were heard.
pub(crate) struct Till(watch::Sender<Vec<Answer>>);

impl Till {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }

    pub(super) fn enter(&self, answer: Answer) {
        self.0.send_modify(|answers| answers.push(answer));
    }

    /// The first one that is `wanted`, if it comes in time.
    pub(crate) async fn first(&self, wanted: impl Fn(&Answer) -> bool, within: Duration) -> Option<Answer> {
        let mut till = self.0.subscribe();
        let answers = timeout(within, till.wait_for(|answers| answers.iter().any(&wanted))).await.ok()?;
        answers.ok()?.iter().find(|answer| wanted(answer)).copied()
    }

    /// How many so far are `wanted`.
    pub(crate) fn count(&self, wanted: impl Fn(&Answer) -> bool) -> usize {
        self.0.borrow().iter().filter(|answer| wanted(answer)).count()
    }
}
