//! What a proxy did.

use std::ops::Add;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were accepted.
    pub accepted: u64,
    /// Accepted, and the server behind did not take the connection.
    pub server_away: u64,
    /// Reset in the middle of whatever was under way.
    pub reset: u64,
    /// Ended on the server's side alone.
    pub severed: u64,
    pub cut_before: u64,
    pub cut_after: u64,
    /// Kept back, client reset.
    pub held_back: u64,
    /// Kept back and then delivered to a server that still listened.
    pub delivered_late: u64,
    /// Pieces of the stream that arrived later than they were sent.
    pub delayed: u64,
    /// Times that somebody sent something into a black hole.
    pub swallowed: u64,
}

impl Counts {
    /// Connections that were ended by the proxy, in whatever way.
    pub fn cut(&self) -> u64 {
        self.reset + self.severed + self.cut_before + self.cut_after + self.held_back
    }
}

/// Of several proxies together.
impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            server_away: self.server_away + other.server_away,
            reset: self.reset + other.reset,
            severed: self.severed + other.severed,
            cut_before: self.cut_before + other.cut_before,
            cut_after: self.cut_after + other.cut_after,
            held_back: self.held_back + other.held_back,
            delivered_late: self.delivered_late + other.delivered_late,
            delayed: self.delayed + other.delayed,
            swallowed: self.swallowed + other.swallowed,
        }
    }
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) accepted: AtomicU64,
    pub(super) server_away: AtomicU64,
    pub(super) reset: AtomicU64,
    pub(super) severed: AtomicU64,
    pub(super) cut_before: AtomicU64,
    pub(super) cut_after: AtomicU64,
    pub(super) held_back: AtomicU64,
    pub(super) delivered_late: AtomicU64,
    pub(super) delayed: AtomicU64,
    pub(super) swallowed: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            accepted: read(&self.accepted),
            server_away: read(&self.server_away),
            reset: read(&self.reset),
            severed: read(&self.severed),
            cut_before: read(&self.cut_before),
            cut_after: read(&self.cut_after),
            held_back: read(&self.held_back),
            delivered_late: read(&self.delivered_late),
            delayed: read(&self.delayed),
            swallowed: read(&self.swallowed),
        }
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
