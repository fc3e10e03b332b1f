//! The accounts of those who look after a shop, and of those who sell in it: who they are, what they may, and who lets them
//! in. A shop that has an admin never loses the last one.

mod error;
mod handle;
mod invitation;
mod rule;
mod sellers;
mod store;

pub use error::StaffError;
pub use handle::StaffAccounts;
pub use invitation::Invitation;
pub use rule::{Reach, Turn};
pub use sellers::Sellers;
