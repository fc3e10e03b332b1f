//! PURE. Which challenges were answered already, in bounded memory.

use std::collections::HashSet;

use uuid::Uuid;

/// Of each half.
const USED_MAX: usize = 500_000;

/// Two halves, each for as long as a challenge lives: what is in neither of them has never been used, or has expired.
pub(super) struct Used {
    lifetime_ms: i64,
    /// Since when it has been filled.
    since_ms: i64,
    younger: HashSet<Uuid>,
    older: HashSet<Uuid>,
}

impl Used {
    pub(super) fn new(lifetime_ms: i64) -> Self {
        Self { lifetime_ms, since_ms: i64::MIN, younger: HashSet::new(), older: HashSet::new() }
    }

    /// True the first time. So many at once that they cannot be remembered are none: forgetting one would let it be used
    /// twice.
    pub(super) fn first_time(&mut self, id: Uuid, now_ms: i64) -> bool {
        let age = now_ms.saturating_sub(self.since_ms);
        if age >= self.lifetime_ms {
            self.older = std::mem::take(&mut self.younger);
            if age >= self.lifetime_ms.saturating_mul(2) {
                self.older.clear();
            }
            self.since_ms = now_ms;
        }
        !self.older.contains(&id) && self.younger.len() < USED_MAX && self.younger.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_within_its_life_and_memory_is_bounded() {
        let mut used = Used::new(1_000);
        let id = |n: u128| Uuid::from_u128(n);
        let uses = [(0, 0), (0, 1), (0, 999), (0, 1_000), (1, 1_500), (1, 2_499), (2, 2_499), (2, 3_000), (2, 3_498)];
        let first: Vec<bool> = uses.into_iter().map(|(n, now)| used.first_time(id(n), now)).collect();
        assert_eq!(first, [true, false, false, false, true, false, true, false, false]);
        let taken = (0..USED_MAX as u128 * 3).filter(|n| used.first_time(id(n + 100), 3_499)).count();
        assert!(taken <= USED_MAX, "{taken}");
        assert!(used.first_time(id(3), 10_000), "they have all expired");
    }
}
