//! PURE. Delays that grow with what failed.

/// So many for nothing, then a delay that doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    pub free: u32,
    pub first_ms: i64,
    pub most_ms: i64,
    /// After so long without a try nothing is known any more.
    pub forgotten_ms: i64,
}

/// What failed, and when the last of it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub failures: u32,
    pub last_ms: i64,
}

impl Ladder {
    /// What of `tally` still counts.
    pub fn remembered(self, tally: Option<Tally>, now_ms: i64) -> Option<Tally> {
        tally.filter(|tally| tally.failures > 0 && now_ms - tally.last_ms < self.forgotten_ms)
    }

    /// How long until the next one may come.
    pub fn wait_ms(self, tally: Option<Tally>, now_ms: i64) -> i64 {
        // Another server's clock may be ahead of this one: nobody waits for that.
        let wait = |tally: Tally| tally.last_ms.min(now_ms) + self.delay_ms(tally.failures) - now_ms;
        self.remembered(tally, now_ms).map_or(0, |tally| wait(tally).max(0))
    }

    fn delay_ms(self, failures: u32) -> i64 {
        match failures.checked_sub(self.free) {
            None => 0,
            Some(doublings) => self.first_ms.saturating_mul(1 << doublings.min(40)).min(self.most_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_bound_and_are_forgotten() {
        let ladder = Ladder { free: 2, first_ms: 1_000, most_ms: 5_000, forgotten_ms: 60_000 };
        let after = |failures| ladder.wait_ms(Some(Tally { failures, last_ms: 100 }), 100);
        assert_eq!([0, 1, 2, 3, 4, 5, 6, u32::MAX].map(after), [0, 0, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
        let later = |now_ms| ladder.wait_ms(Some(Tally { failures: 9, last_ms: 0 }), now_ms);
        assert_eq!([0, 4_999, 5_000, 59_999].map(later), [5_000, 1, 0, 0]);
        assert_eq!(ladder.remembered(Some(Tally { failures: 9, last_ms: 0 }), 60_000), None);
        assert_eq!(ladder.wait_ms(None, 0), 0);
        assert_eq!(
            ladder.wait_ms(Some(Tally { failures: 2, last_ms: 9_000 }), 100),
            1_000,
            "it was tried in the future"
        );
    }
}
