//! Delivers what was posted.
//!
//! ```text
//!  post (in somebody's transaction) --> waiting --claim: due, a lease--> on its way --> sent (erased)
//!                                          ^                                |
//!                                          +------- later, gaps grow -------+--> given up (erased)
//! ```
//!
//! Each channel has a loop of its own, so that a mail server that is away holds up no SMS. A message is one courier's for as
//! long as its lease, which is longer than an attempt may take: two never have the same one at a time. Whoever dies between
//! sending and saying so leaves a message that is sent again: delivery is at least once, always under the same id.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::clock::{Clock, Timestamp};
use engine::postgres::{Database, DatabaseError};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::seal::Sealer;

use super::delivery::{Letter, Mailer, Reason, ShortMessage, Texter, Undelivered};
use super::notice::Notice;
use super::recipient::{Channel, Recipient};
use super::store::{self, Claimed};
use super::words::{self, Speaker};
use super::{draft, retry};

/// Of one channel.
pub(super) struct Courier {
    pub(super) database: Database,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sealer: Sealer,
    pub(super) channel: Channel,
    pub(super) carrier: Carrier,
    pub(super) pages: Arc<str>,
    pub(super) at_once: usize,
    pub(super) poll: Duration,
    /// Something was posted.
    pub(super) wake: Arc<Notify>,
}

#[derive(Clone)]
pub(super) enum Carrier {
    Mail(Arc<dyn Mailer>),
    Sms(Arc<dyn Texter>),
}

/// An attempt that takes longer is given up.
const ATTEMPT: Duration = Duration::from_secs(60);
/// Longer than an attempt and what is written down about it (which has a limit of its own).
const LEASE: TimeDelta = TimeDelta::minutes(3);

impl Courier {
    pub(super) async fn run(self) {
        let courier = Arc::new(self);
        let mut under_way = JoinSet::new();
        loop {
            while under_way.try_join_next().is_some() {}
            let taken = courier.take_due(courier.at_once.saturating_sub(under_way.len())).await;
            let is_all = taken.is_empty();
            for message in taken {
                under_way.spawn(Arc::clone(&courier).deliver(message));
            }
            // With room and nothing due it is for others to say when to look again; without room, for one that ends.
            if under_way.len() >= courier.at_once {
                under_way.join_next().await;
            } else if is_all {
                tokio::select! {
                    () = courier.wake.notified() => {}
                    () = tokio::time::sleep(courier.poll) => {}
                    Some(_) = under_way.join_next() => {}
                }
            }
        }
    }

    async fn take_due(&self, room: usize) -> Vec<Claimed> {
        let (channel, now, limit) = (self.channel, self.clock.now(), i64::try_from(room).unwrap_or(i64::MAX));
        let taken = self.database.run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::claim(&mut connection, channel, now, LEASE, limit).await?)
        });
        taken.await.unwrap_or_else(|error| {
            tracing::warn!(%error, message.channel = %self.channel, "messages cannot be looked for; they wait");
            Vec::new()
        })
    }

    async fn deliver(self: Arc<Self>, message: Claimed) {
        let outcome = match timeout(ATTEMPT, self.attempt(&message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Undelivered::ForNow(Reason::TimedOut)),
        };
        let (id, channel, kind) = (message.id, self.channel, message.kind.clone());
        let written = match outcome {
            Ok(()) => self.write_sent(message).await,
            Err(undelivered) => self.write_failed(message, undelivered).await,
        };
        match written {
            Ok(Some(outcome)) => {
                metrics::counter!("doorbuster_notices_total", "channel" => channel.name(), "outcome" => outcome)
                    .increment(1);
                tracing::debug!(message.id = %id, message.kind = kind, outcome, "a message");
            }
            // It was erased, or its lease ran out and another has it.
            Ok(None) => tracing::info!(message.id = %id, "what became of a message is not for us to say"),
            Err(error) => {
                tracing::warn!(%error, message.id = %id, "what became of a message could not be kept; it is sent again");
            }
        }
    }

    async fn attempt(&self, message: &Claimed) -> Result<(), Undelivered> {
        if message.useless_after <= self.clock.now() {
            return Err(Undelivered::ForGood(Reason::TooLate));
        }
        let unreadable = |_| Undelivered::ForGood(Reason::Unreadable);
        let (to, notice) = draft::open(&self.sealer, message.id, self.channel, &message.content).map_err(unreadable)?;
        self.send(message, to, &notice).await
    }

    async fn send(&self, message: &Claimed, to: Recipient, notice: &Notice) -> Result<(), Undelivered> {
        let speaker = Speaker { shop: &message.shop, store: &message.store, pages: &self.pages };
        let (id, kind) = (message.id, notice.kind());
        match (&self.carrier, to) {
            (Carrier::Mail(mailer), Recipient::Email(to)) => {
                mailer.send(Letter { id, kind, to, text: words::letter(notice, speaker) }).await
            }
            (Carrier::Sms(texter), Recipient::Phone(to)) => {
                texter.send(ShortMessage { id, kind, to, text: words::short(notice, speaker) }).await
            }
            (Carrier::Mail(_), Recipient::Phone(_)) | (Carrier::Sms(_), Recipient::Email(_)) => {
                Err(Undelivered::ForGood(Reason::NoCarrier))
            }
        }
    }

    async fn write_sent(&self, message: Claimed) -> Result<Option<&'static str>, DatabaseError> {
        let now = self.clock.now();
        let written = self.database.run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::sent(&mut connection, &message, now).await?)
        });
        Ok(written.await?.then_some("sent"))
    }

    async fn write_failed(
        &self,
        message: Claimed,
        undelivered: Undelivered,
    ) -> Result<Option<&'static str>, DatabaseError> {
        let (id, reason, next) = (message.id, undelivered.reason(), self.next_attempt(&message, undelivered));
        let written = self.database.run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::failed(&mut connection, &message, reason, next).await?)
        });
        if !written.await? {
            return Ok(None);
        }
        if next.is_some() {
            tracing::info!(message.id = %id, %reason, message.channel = %self.channel, "a message is tried again later");
            return Ok(Some("deferred"));
        }
        tracing::warn!(message.id = %id, %reason, message.channel = %self.channel, "a message is given up");
        Ok(Some("given_up"))
    }

    fn next_attempt(&self, message: &Claimed, undelivered: Undelivered) -> Option<Timestamp> {
        match undelivered {
            Undelivered::ForNow(_) => retry::next_attempt(message.attempts, self.clock.now(), message.useless_after),
            Undelivered::ForGood(_) => None,
        }
    }
}
