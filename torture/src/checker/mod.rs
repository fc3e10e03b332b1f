//! Whether a promise was broken: the clients' notes against the rows of the database.
//!
//! Shares nothing with the shop: what is right is written down here once more, from the promises alone. [`judge`] is pure;
//! [`Books`] are what it needs of the database, read in one snapshot.

mod books;
mod facts;
mod finding;
mod journal;
mod limits;
mod orders;
mod outbox;
mod refusals;
mod stock;

#[cfg(test)]
mod tests;

pub use books::{Batch, Books, Entry, Event, Hold, Level, Order, OrderLine, Usage, Variant};
pub use finding::Finding;

use crate::notes::Claim;
use facts::Facts;

/// Since when nothing was done to the shop any more, and how long a hold may live beyond its time.
#[derive(Clone, Copy, Debug)]
pub struct Calm {
    pub since_us: i64,
    /// For holds that ran out before the calm.
    pub grace_us: i64,
}

pub fn judge(claims: &[Claim], books: &Books, calm: Calm) -> Vec<Finding> {
    let facts = Facts::new(claims, books);
    let mut findings = Vec::new();
    let checks: [fn(&Facts<'_>, &mut Vec<Finding>); 18] = [
        orders::answers_agree,
        orders::nothing_was_nothing,
        orders::acknowledged_are_there_once,
        orders::refused_are_absent,
        orders::nobody_elses,
        orders::moves_are_as_told,
        orders::holds_match,
        stock::reserved_is_held,
        stock::level_is_ledger,
        stock::never_oversold,
        stock::numbered_without_gaps,
        stock::changes_are_as_told,
        journal::numbered_without_gaps,
        limits::kept,
        outbox::tells_all,
        refusals::were_true,
        refusals::limits_were_true,
        refusals::were_not_stale,
    ];
    for check in checks {
        check(&facts, &mut findings);
    }
    orders::holds_have_ended(&facts, calm, &mut findings);
    findings
}
