//! How often somebody may guess at passwords, codes and links.
//!
//! Guessing costs the guesser time, and nobody else. What failed is counted for the pair of account and network, for the
//! network, and, for accounts that a network tries for the first time, for the range it stands in; never for the account
//! alone, for then whoever knows an address could keep its owner out. And a device from which somebody signed in before has
//! an allowance of its own, which no stranger can use up (`device`).
//!
//! An attempt is counted as failed when it begins, so that a thousand at once are no better than one after the other;
//! whoever succeeds is given it back. Without Redis each server counts for itself, in bounded memory.

mod device;
mod ladder;
mod memory;
mod rule;
mod shared;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use engine::clock::Timestamp;
use engine::id::StoreId;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use uuid::Uuid;

use crate::redis::Redis;
use memory::Memory;
use rule::{Name, Step};

pub use device::LIFETIME as DEVICE_LIFETIME;
pub use ladder::{Ladder, Tally};

/// Who tries, as far as that is known before the attempt is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    pub store: StoreId,
    /// Whom they say they are, normalized. Whether there is such an account makes no difference.
    pub account: &'a str,
    pub address: IpAddr,
    /// What the device shows (`Throttle::remember`).
    pub device: Option<&'a str>,
}

/// Too soon after what failed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the next attempt is possible in {} ms", wait.num_milliseconds())]
pub struct TooSoon {
    pub wait: TimeDelta,
}

/// An attempt under way. It counts as failed, unless it is said how else it ended.
#[must_use = "say how it ended"]
#[derive(Debug)]
pub struct Ticket {
    taken: Vec<Name>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Throttle(Arc<Inner>);

struct Inner {
    keyed: Hmac<Sha256>,
    memory: Mutex<Memory>,
    redis: Option<Redis>,
}

impl Throttle {
    /// `secret`: the same on all servers.
    pub fn new(secret: &[u8], redis: Option<Redis>) -> Self {
        let keyed = Hmac::new_from_slice(secret).expect("HMAC takes a key of any length");
        Self(Arc::new(Inner { keyed, memory: Mutex::default(), redis }))
    }

    /// Before a password is hashed or a code compared.
    pub async fn begin(&self, attempt: &Attempt<'_>, now: Timestamp) -> Result<Ticket, TooSoon> {
        let keyed = &self.0.keyed;
        if let Some(device) = attempt.device.and_then(|shown| device::verify(keyed, shown, attempt, now))
            && let Ok(ticket) = self.take(rule::of_device(keyed, attempt, device), now).await
        {
            return Ok(ticket);
        }
        self.take(rule::of_stranger(keyed, attempt), now).await
    }

    /// The account, by a name that tells nobody which, if its owner signed in on this device before. No stranger has that
    /// name, and it is the same on all servers.
    pub fn known(&self, attempt: &Attempt<'_>, now: Timestamp) -> Option<Uuid> {
        let keyed = &self.0.keyed;
        device::verify(keyed, attempt.device?, attempt, now)?;
        Some(Uuid::from_bytes(rule::owner(keyed, attempt)))
    }

    /// It was the right one: what failed before it was a slip of the tongue.
    pub async fn succeeded(&self, ticket: Ticket) {
        self.give_back(ticket, true).await;
    }

    /// It was not looked at: there was no room.
    pub async fn not_tried(&self, ticket: Ticket) {
        self.give_back(ticket, false).await;
    }

    /// What a device shows from now on when somebody signs in as `account`. `id` is fresh.
    pub fn remember(&self, store: StoreId, account: &str, id: Uuid, now: Timestamp) -> String {
        device::issue(&self.0.keyed, store, account, id, now)
    }

    async fn take(&self, steps: Vec<Step>, now: Timestamp) -> Result<Ticket, TooSoon> {
        if let Some(redis) = &self.0.redis
            && let Ok(taken) = shared::take(redis, &steps, now).await
        {
            return taken;
        }
        self.memory(|memory| rule::take(memory, &steps, now.timestamp_millis()))
    }

    async fn give_back(&self, Ticket { taken }: Ticket, clears: bool) {
        // Where it was taken is where it counts; where it was not, it is nothing.
        if let Some(redis) = &self.0.redis {
            // Away: whoever succeeded waits a little longer another time.
            let _ = shared::give_back(redis, &taken, clears).await;
        }
        self.memory(|memory| rule::give_back(memory, &taken, clears));
    }

    fn memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.0.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
