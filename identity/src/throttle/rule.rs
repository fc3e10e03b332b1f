//! PURE. Which tallies an attempt stands on, and what it does to them.

use std::net::IpAddr;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::ladder::{Ladder, Tally};
use super::memory::Memory;
use super::{Attempt, Ticket, TooSoon};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// One account from one network.
const PAIR: Ladder = Ladder { free: 5, first_ms: 2 * SECOND, most_ms: 15 * MINUTE, forgotten_ms: 6 * HOUR };
/// One account from a device that has been signed in to it.
const DEVICE: Ladder = Ladder { free: 10, first_ms: 2 * SECOND, most_ms: 15 * MINUTE, forgotten_ms: 6 * HOUR };
/// Any account from one network: many people may share it.
const NETWORK: Ladder = Ladder { free: 30, first_ms: SECOND, most_ms: MINUTE, forgotten_ms: HOUR };
/// Accounts that networks of one range try for the first time: a list of stolen passwords has each account once.
const RANGE: Ladder = Ladder { free: 100, first_ms: SECOND, most_ms: 30 * SECOND, forgotten_ms: HOUR };

/// Of a tally. A digest with a secret: neither memory nor Redis tells who was here.
pub(super) type Name = [u8; 16];

/// A tally, and how it delays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) name: Name,
    pub(super) ladder: Ladder,
    /// Looked at and counted only if nothing is known of the first step.
    pub(super) only_if_new: bool,
}

pub(super) fn of_device(keyed: &Hmac<Sha256>, attempt: &Attempt<'_>, device: Uuid) -> Vec<Step> {
    let name = name(keyed, attempt, "device", &[attempt.account.as_bytes(), device.as_bytes()]);
    vec![Step { name, ladder: DEVICE, only_if_new: false }]
}

/// Whoever shows a device of the account's, whichever.
pub(super) fn owner(keyed: &Hmac<Sha256>, attempt: &Attempt<'_>) -> Name {
    name(keyed, attempt, "owner", &[attempt.account.as_bytes()])
}

pub(super) fn of_stranger(keyed: &Hmac<Sha256>, attempt: &Attempt<'_>) -> Vec<Step> {
    let (network, range) = prefixes(attempt.address);
    let step = |kind, parts: &[&[u8]], ladder, only_if_new| {
        let name = name(keyed, attempt, kind, parts);
        Step { name, ladder, only_if_new }
    };
    vec![
        step("pair", &[attempt.account.as_bytes(), &network], PAIR, false),
        step("network", &[&network], NETWORK, false),
        step("range", &[&range], RANGE, true),
    ]
}

/// Counts the attempt on all its steps, or on none if one of them says that it is too soon.
pub(super) fn take(memory: &mut Memory, steps: &[Step], now_ms: i64) -> Result<Ticket, TooSoon> {
    let first = steps.first().and_then(|step| step.ladder.remembered(memory.get(&step.name), now_ms));
    let counted: Vec<&Step> = steps.iter().filter(|step| !step.only_if_new || first.is_none()).collect();
    let wait = counted.iter().map(|step| step.ladder.wait_ms(memory.get(&step.name), now_ms)).max().unwrap_or(0);
    if wait > 0 {
        return Err(TooSoon::in_ms(wait));
    }
    for Step { name, ladder, .. } in &counted {
        let failures = ladder.remembered(memory.get(name), now_ms).map_or(0, |tally| tally.failures);
        memory.put(*name, Tally { failures: failures.saturating_add(1), last_ms: now_ms });
    }
    Ok(Ticket { taken: counted.iter().map(|step| step.name).collect() })
}

/// `clears`: the first step is as if nothing had ever failed.
pub(super) fn give_back(memory: &mut Memory, taken: &[Name], clears: bool) {
    for (n, name) in taken.iter().enumerate() {
        match memory.get(name) {
            Some(tally) if !(clears && n == 0) && tally.failures > 1 => {
                memory.put(*name, Tally { failures: tally.failures - 1, ..tally });
            }
            Some(_) => memory.remove(name),
            None => {}
        }
    }
}

impl TooSoon {
    pub(super) fn in_ms(wait: i64) -> Self {
        Self { wait: chrono::TimeDelta::milliseconds(wait) }
    }
}

/// Whoever has one IPv6 address has the whole /64; who rents machines has a /24 or a /48 of them.
fn prefixes(address: IpAddr) -> ([u8; 9], [u8; 9]) {
    let (kind, network, range) = match address.to_canonical() {
        IpAddr::V4(address) => (4, address.to_bits().into(), (address.to_bits() >> 8).into()),
        IpAddr::V6(address) => (6, (address.to_bits() >> 64) as u64, (address.to_bits() >> 80) as u64),
    };
    let bytes = |prefix: u64| {
        let mut bytes = [kind; 9];
        bytes[1..].copy_from_slice(&prefix.to_be_bytes());
        bytes
    };
    (bytes(network), bytes(range))
}

fn name(keyed: &Hmac<Sha256>, attempt: &Attempt<'_>, kind: &str, parts: &[&[u8]]) -> Name {
    let mut name = keyed.clone();
    name.update(attempt.store.uuid().as_bytes());
    for part in [kind.as_bytes()].iter().chain(parts) {
        // Their lengths too: no two lists of parts read the same.
        name.update(&(part.len() as u64).to_be_bytes());
        name.update(part);
    }
    name.finalize().into_bytes()[..16].try_into().expect("sixteen of thirty-two bytes")
}
