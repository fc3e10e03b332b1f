//! PURE. How old what is shown may be, and how much of that each step of its way may take.
//!
//! ```text
//!  product page:  levels in memory ------------------------------------------------------> kept for `product`
//!  listing:       commit -> the outbox is asked -> heard and read -> [document committed] -> kept for `listing`
//!                           OUTBOX_INTERVAL        HEARING_MAX       commit_interval
//! ```
//!
//! Each row adds up to the promise. Only a changed document waits for the index to commit; a changed availability does
//! not, and is there sooner.

use std::time::Duration;

/// How late a change in the database may be asked for.
pub const OUTBOX_INTERVAL: Duration = Duration::from_millis(200);

/// What asking, reading again what has changed, and the end of a commit of the index that is under way may take. More than
/// was ever seen on a busy machine; a database that does not answer is another matter.
const HEARING_MAX: Duration = Duration::from_millis(500);

/// How long each kind of page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    pub product: Duration,
    pub listing: Duration,
    /// What the database makes, where it cannot be asked: then what was made last is shown, and marked. Listings are made
    /// from the index, which is always there.
    pub last_known: Duration,
}

impl Freshness {
    /// What leaves nothing shown older than `promise` while the database answers. `None`: the way alone takes longer.
    pub fn within(promise: Duration, commit_interval: Duration, last_known: Duration) -> Option<Self> {
        let way = OUTBOX_INTERVAL + HEARING_MAX + commit_interval;
        let listing = promise.checked_sub(way).filter(|left| !left.is_zero())?;
        Some(Self { product: promise, listing, last_known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_of_the_way_add_up_to_the_promise() {
        let ms = Duration::from_millis;
        let freshness = Freshness::within(ms(2000), ms(300), ms(9000)).expect("there is time enough");
        assert_eq!(freshness, Freshness { product: ms(2000), listing: ms(1000), last_known: ms(9000) });
        assert_eq!(OUTBOX_INTERVAL + HEARING_MAX + ms(300) + freshness.listing, ms(2000));
        assert_eq!(Freshness::within(ms(1000), ms(300), ms(9000)), None);
        assert_eq!(Freshness::within(ms(500), ms(300), ms(9000)), None);
    }
}
