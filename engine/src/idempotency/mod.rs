//! Which requests are known: nobody is refused, and nothing is done, before it is certain that the key is new.
//!
//! `Claims` is what this process remembers (what is under way, what ended lately); `Filter` is what was ever seen within the
//! retention, as a Bloom filter; the database knows the rest.

mod call;
mod claims;
mod filter;

pub use call::{Call, CallKey, Known, known};
pub use claims::{Claim, Claims, Standing};
pub use filter::Filter;
