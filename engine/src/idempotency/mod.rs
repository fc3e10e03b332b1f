//! Which requests are known: nobody is refused, and nothing is done, before it is certain that the key is new.
//!
//! `Claims` is what this process remembers (what is under way, what ended lately); `Filter` is what was ever seen within the
//! retention, as a Bloom filter; the database knows the rest.

mod call;
mod claims;
mod filter;
mod making;
mod rows;
mod store;

pub use call::{Call, CallKey};
pub use claims::{Claim, Claims, Standing};
pub use filter::Filter;
pub(crate) use making::{CREATED, Refused, answered_in_op, claim};
pub use making::{Keyed, Made};
pub use rows::AnswerRows;
pub use store::{Known, answer_in_op, known, take_up_in_op};
