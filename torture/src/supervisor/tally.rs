//! What was done, and how long it took to get over it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Stroke;

#[derive(Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) server_kills: u64,
    pub(crate) postgres_kills: u64,
    pub(crate) backends_ended: u64,
    pub(crate) backends_killed: u64,
    /// Stopped for longer than a takeover takes.
    pub(crate) server_pauses: u64,
    pub(crate) takeovers: u64,
    /// Went on while another owned the shop.
    pub(crate) split_brains: u64,
    pub(crate) point_kills: u64,
    pub(crate) point_stops: u64,
    pub(crate) points_not_reached: u64,
    pub(crate) starts_in_vain: u64,
    /// By stroke, in milliseconds: how long until the shop was open again.
    pub(crate) strokes: BTreeMap<&'static str, Vec<u64>>,
}

impl Tally {
    pub(super) fn reopened(&mut self, stroke: Stroke, took: Duration) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.strokes.entry(stroke.name()).or_default().push(took_ms);
    }

    /// The longest time in which nobody may have been there.
    pub(crate) fn longest_ms(&self) -> u64 {
        self.strokes.values().flatten().copied().max().unwrap_or(0)
    }
}
