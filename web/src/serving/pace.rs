//! PURE. How fast a connection is read that never lets up.
//!
//! What is sent without a pause is read a turn at a time, with a rest in between: it must not keep the others of its thread
//! waiting. `now` is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// What is read of one connection before the others have their turn: a usual request with all its cookies, or a hundred of
/// the tiniest. The framework answers all that it has been given before it looks at anybody else.
pub(super) const TURN_BYTES: usize = 4 * 1024;
/// The same while a request is under way: its body.
pub(super) const BODY_TURN_BYTES: usize = 8 * 1024;
/// It rests by the clock. The runtime looks for what came in on other connections only every sixty-one turns
/// (`event_interval` of tokio) or when nobody wants one, so that whoever asks for the next turn at once keeps the others
/// waiting all the same. A body of some megabytes a second is enough for anybody.
const REST: Duration = Duration::from_millis(1);
/// For each request of the turn: a thousand answers a second are enough for whoever does not wait for one.
const REST_FOR_A_REQUEST: Duration = Duration::from_millis(1);

#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Bytes of this turn.
    read: usize,
    /// Since when it rests.
    rests_since: Option<Instant>,
    /// Requests that had been met when the turn began.
    met: u64,
}

impl Pace {
    /// How much may be read now. `None`: it rests.
    pub(super) fn room(&mut self, under_way: bool, met: u64, now: Instant) -> Option<usize> {
        let turn = if under_way { BODY_TURN_BYTES } else { TURN_BYTES };
        if self.read >= turn {
            self.rests_since.get_or_insert(now);
            if self.rests_until(met).is_some_and(|until| now < until) {
                return None;
            }
            self.let_up(met);
        }
        Some(turn - self.read)
    }

    /// What was asked in the turn is known only when the framework has looked at it: the rest grows with it.
    pub(super) fn rests_until(&self, met: u64) -> Option<Instant> {
        let requests = u32::try_from(met.saturating_sub(self.met)).unwrap_or(u32::MAX);
        Some(self.rests_since? + REST.max(REST_FOR_A_REQUEST.saturating_mul(requests).min(Duration::from_secs(1))))
    }

    pub(super) fn came(&mut self, bytes: usize) {
        self.read += bytes;
    }

    /// There was nothing to read.
    pub(super) fn let_up(&mut self, met: u64) {
        *self = Self { read: 0, rests_since: None, met };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_never_lets_up_is_read_a_turn_at_a_time() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        assert_eq!(pace.room(false, 0, now), Some(TURN_BYTES));
        pace.came(TURN_BYTES - 1);
        assert_eq!(pace.room(false, 0, now), Some(1));
        pace.came(1);
        assert_eq!(pace.room(false, 0, now), None);
        assert_eq!(pace.room(false, 0, now + REST / 2), None);
        assert_eq!(pace.room(false, 0, now + REST), Some(TURN_BYTES));
    }

    #[test]
    fn the_more_was_asked_in_a_turn_the_longer_it_rests() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        pace.came(TURN_BYTES);
        // They are met after it has begun to rest.
        assert_eq!(pace.room(false, 0, now), None);
        assert_eq!(pace.room(false, 100, now + REST_FOR_A_REQUEST * 99), None);
        assert_eq!(pace.room(false, 100, now + REST_FOR_A_REQUEST * 100), Some(TURN_BYTES));
        pace.came(TURN_BYTES);
        let later = now + REST_FOR_A_REQUEST * 100;
        assert_eq!(pace.room(false, 100, later), None);
        assert_eq!(pace.room(false, 100, later + REST), Some(TURN_BYTES), "nothing was asked in this one");
    }

    #[test]
    fn who_lets_up_does_not_rest() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        for met in 0..1_000 {
            assert_eq!(pace.room(false, met, now), Some(TURN_BYTES));
            pace.came(TURN_BYTES - 1);
            pace.let_up(met);
        }
    }

    #[test]
    fn a_body_has_longer_turns() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        pace.came(TURN_BYTES);
        assert_eq!(pace.room(false, 0, now), None);
        assert_eq!(pace.room(true, 1, now), Some(BODY_TURN_BYTES - TURN_BYTES));
        pace.came(BODY_TURN_BYTES);
        assert_eq!(pace.room(true, 1, now), None);
        assert_eq!(pace.room(false, 1, now + REST), Some(TURN_BYTES));
    }
}
