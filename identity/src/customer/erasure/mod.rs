//! Being forgotten.
//!
//! At once goes everything that is the account's: its names and addresses, wishes, what it looked at, other ways to sign in,
//! messages, answers that were kept for repetition. The account's row stays without any of it, so that its number is never
//! another's. Its orders stay too, with amounts and lines: tax law wants them kept (in India section 36 of the CGST Act: six
//! years from the annual return of the year; in Germany section 147 AO: eight). How to reach the buyer is taken out as soon
//! as an order has ended, the address when `Keep::order_addresses` is over.
//!
//! Orders are the journal's to write. That words are taken out of them goes past it, through the one function of the
//! database that can do so: see the migration `erase_order_people`.

mod orders;
mod room;
mod store;

/// What the law makes a shop keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// From when it was placed: where an order went.
    pub order_addresses: chrono::TimeDelta,
}
