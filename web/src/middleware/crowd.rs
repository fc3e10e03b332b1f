//! PURE. How many buyers may be inside: as many as are served within the promised wait.
//!
//! A crowd that comes all at once is let in, as far as there is room at all. If whoever is served has waited too long, more
//! are inside than the shop serves in that time, and nobody else is let in until no more are there than that (their number
//! is the rate times the wait). `least` are let in whatever they wait: as many as keep the journal busy. Fewer would cost
//! orders and shorten nobody's wait, however slow a commit is.
//!
//! `now` is an argument.

use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
pub struct CrowdBounds {
    /// How long a buyer should wait at most, on average.
    pub wait: Duration,
    /// So many are always let in.
    pub least: usize,
    pub most: usize,
}

pub(super) struct Crowd {
    bounds: CrowdBounds,
    limit: usize,
    inside: usize,
    looked: Instant,
    /// Since then: how many were served, and what they waited in all.
    served: u32,
    waited: Duration,
}

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(50);
/// For so long what was measured says something. Longer than a commit on any disk that one would sell from.
const STALE: Duration = Duration::from_secs(5);
/// While the wait is short, one in so many more is let in each time.
const GROWTH: usize = 8;

impl Crowd {
    pub(super) fn new(bounds: CrowdBounds, now: Instant) -> Self {
        let bounds = CrowdBounds { least: bounds.least.clamp(1, bounds.most.max(1)), ..bounds };
        Self { bounds, limit: bounds.most, inside: 0, looked: now, served: 0, waited: Duration::ZERO }
    }

    /// Whether one more would be let in.
    pub(super) fn has_room(&mut self, now: Instant) -> bool {
        if self.inside == 0 || now.duration_since(self.looked) >= STALE {
            // What was measured is of a crowd that has gone, or of a time that is over: nobody was served since.
            self.limit = self.bounds.most;
            self.look_anew(now);
        }
        self.inside < self.limit
    }

    /// Lets one more in, if there is room.
    pub(super) fn enter(&mut self, now: Instant) -> bool {
        let is_let_in = self.has_room(now);
        self.inside += usize::from(is_let_in);
        is_let_in
    }

    /// One of those inside has gone, whatever became of them.
    pub(super) fn leave(&mut self) {
        self.inside = self.inside.saturating_sub(1);
    }

    /// One of those inside has got what they came for. Refusals say nothing: they are quick while others wait.
    pub(super) fn served(&mut self, waited: Duration, now: Instant) {
        self.served += 1;
        self.waited += waited;
        if now.duration_since(self.looked) >= EVERY {
            self.limit = self.fitting(self.waited / self.served, now);
            self.look_anew(now);
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    fn fitting(&self, waited: Duration, now: Instant) -> usize {
        let CrowdBounds { wait, least, most } = self.bounds;
        if waited <= wait {
            return (self.limit + (self.limit / GROWTH).max(1)).min(most);
        }
        // By the rate, not by how many are inside: while those who are too many leave, that says nothing about tomorrow.
        let looked_for = now.duration_since(self.looked).as_micros().max(1);
        let served_in_time = u128::from(self.served) * wait.as_micros() / looked_for;
        usize::try_from(served_in_time).unwrap_or(most).clamp(least, self.limit.max(least))
    }

    fn look_anew(&mut self, now: Instant) {
        (self.looked, self.served, self.waited) = (now, 0, Duration::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_millis(100);

    fn crowd(least: usize, most: usize) -> (Crowd, Instant) {
        let now = Instant::now();
        (Crowd::new(CrowdBounds { wait: WAIT, least, most }, now), now)
    }

    #[test]
    fn a_crowd_that_comes_at_once_is_let_in_as_far_as_there_is_room() {
        let (mut crowd, now) = crowd(10, 1_000);
        let let_in = (0..1_500).filter(|_| crowd.enter(now)).count();
        assert_eq!(let_in, 1_000);
    }

    #[test]
    fn whoever_goes_on_coming_is_let_in_as_they_are_served_in_time() {
        let (mut crowd, begun) = crowd(10, 10_000);
        // Ten a millisecond are served, a hundred come: the wait is the number inside, over ten.
        let mut inside = std::collections::VecDeque::new();
        let mut waits = Vec::new();
        for ms in 0..3_000 {
            let now = begun + Duration::from_millis(ms);
            inside.extend((0..100).filter(|_| crowd.enter(now)).map(|_| now));
            for entered in inside.drain(..inside.len().min(10)) {
                let waited = now.duration_since(entered);
                crowd.leave();
                crowd.served(waited, now);
                waits.push((ms, waited));
            }
        }
        assert_eq!(waits.len(), 30_000, "nobody's turn was left unused");
        let settled: Vec<_> = waits.iter().filter(|(ms, _)| *ms > 1_500).map(|(_, waited)| *waited).collect();
        let worst = settled.iter().max().expect("they were served");
        assert!(*worst < WAIT * 2, "{worst:?}");
        let mean = settled.iter().sum::<Duration>() / u32::try_from(settled.len()).expect("a few");
        assert!(mean > WAIT / 2, "{mean:?}: nor are more sent away than need be");
    }

    #[test]
    fn however_slow_a_commit_is_it_is_filled() {
        let (mut crowd, begun) = crowd(64, 1_000);
        let mut now = begun;
        while crowd.enter(now) {}
        // Commits of 32 in half a second: nobody can be served in time.
        for _ in 0..200 {
            now += Duration::from_millis(500);
            for _ in 0..32 {
                crowd.leave();
                crowd.served(Duration::from_millis(900), now);
            }
            while crowd.enter(now) {}
        }
        assert_eq!((crowd.inside, crowd.limit()), (64, 64));
    }

    #[test]
    fn those_who_wait_for_something_that_is_stuck_do_not_keep_all_others_out() {
        let (mut crowd, begun) = crowd(4, 1_000);
        assert!((0..100).all(|_| crowd.enter(begun)));
        let late = begun + Duration::from_secs(1);
        crowd.leave();
        crowd.served(Duration::from_secs(1), late);
        assert!(!crowd.has_room(late), "{}", crowd.limit());
        assert!(crowd.has_room(late + STALE), "nobody was served since");
    }

    #[test]
    fn when_it_is_over_the_next_crowd_is_let_in_again() {
        let (mut crowd, begun) = crowd(4, 1_000);
        assert!((0..100).all(|_| crowd.enter(begun)));
        let now = begun + Duration::from_secs(1);
        for _ in 0..50 {
            crowd.leave();
            crowd.served(Duration::from_secs(1), begun);
        }
        crowd.leave();
        crowd.served(Duration::from_secs(1), now);
        assert_eq!(crowd.limit(), 5, "51 a second are five in a tenth of it");
        assert!(!crowd.enter(now));
        (0..49).for_each(|_| crowd.leave());
        assert!((0..1_000).all(|_| crowd.enter(now)));
    }

    #[test]
    fn while_nobody_waits_too_long_more_and_more_are_let_in() {
        let (mut crowd, begun) = crowd(4, 100);
        assert!((0..100).all(|_| crowd.enter(begun)));
        let mut now = begun + Duration::from_secs(1);
        crowd.leave();
        crowd.served(Duration::from_secs(1), now);
        let mut limits = vec![crowd.limit()];
        for _ in 0..30 {
            now += EVERY;
            crowd.leave();
            crowd.served(WAIT, now);
            limits.push(crowd.limit());
        }
        assert_eq!(limits[..4], [4, 5, 6, 7], "one more each time");
        assert!(limits.is_sorted() && limits[30] == 100, "{limits:?}: and all in the end");
    }
}
