//! Which keys were ever seen, as a Bloom filter: "never" is certain, "maybe" costs one read.
//!
//! Grows by layers, each twice as large as the one before, so that it need not know how many are to come.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use super::call::CallKey;

pub struct Filter {
    layers: RwLock<Vec<Layer>>,
}

struct Layer {
    words: Box<[AtomicU64]>,
    keys: AtomicUsize,
    capacity: usize,
}

/// Ten bits and seven probes a key: under one "maybe" in a hundred that were never seen.
const BITS_A_KEY: usize = 10;
const PROBES: u64 = 7;

impl Filter {
    /// For `expected` keys before it has to grow.
    pub fn new(expected: usize) -> Self {
        Self { layers: RwLock::new(vec![Layer::new(expected.max(1 << 16))]) }
    }

    pub fn insert(&self, key: CallKey) {
        let next = {
            let layers = self.layers.read().unwrap_or_else(PoisonError::into_inner);
            let newest = layers.last().expect("there is always one");
            newest.insert(key);
            if newest.keys.fetch_add(1, Ordering::Relaxed) < newest.capacity {
                return;
            }
            newest.capacity * 2
        };
        let mut layers = self.layers.write().unwrap_or_else(PoisonError::into_inner);
        if layers.last().is_some_and(|newest| newest.capacity < next) {
            layers.push(Layer::new(next));
        }
    }

    /// False: this key was never inserted.
    pub fn maybe_seen(&self, key: CallKey) -> bool {
        let layers = self.layers.read().unwrap_or_else(PoisonError::into_inner);
        layers.iter().any(|layer| layer.maybe_seen(key))
    }
}

impl Layer {
    fn new(capacity: usize) -> Self {
        let words = (capacity * BITS_A_KEY).div_ceil(64);
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect(), keys: AtomicUsize::new(0), capacity }
    }

    fn insert(&self, key: CallKey) {
        for (word, bit) in self.probes(key) {
            self.words[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    fn maybe_seen(&self, key: CallKey) -> bool {
        self.probes(key).all(|(word, bit)| self.words[word].load(Ordering::Relaxed) & bit != 0)
    }

    /// Two hashes make all the probes (Kirsch and Mitzenmacher, "Less hashing, same performance").
    fn probes(&self, key: CallKey) -> impl Iterator<Item = (usize, u64)> {
        let bits = self.words.len() as u64 * 64;
        (0..PROBES).map(move |probe| {
            let bit = key.0.wrapping_add(probe.wrapping_mul(key.1 | 1)) % bits;
            ((bit / 64) as usize, 1 << (bit % 64))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u64) -> CallKey {
        let mix = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        CallKey(mix(n), mix(n ^ 0xdead_beef))
    }

    #[test]
    fn what_was_inserted_is_always_maybe_and_what_was_not_seldom() {
        let filter = Filter::new(0);
        let many = 300_000;
        for n in 0..many {
            filter.insert(key(n));
        }
        assert!((0..many).all(|n| filter.maybe_seen(key(n))), "also after it grew");
        let wrong = (many..2 * many).filter(|n| filter.maybe_seen(key(*n))).count();
        assert!(wrong < many as usize / 25, "{wrong} of {many} false maybes over three layers");
    }
}
