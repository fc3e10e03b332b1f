//! Passwords: which are taken, how they are kept, and who does the work, which is meant to be much.

mod hashing;
mod policy;
mod pool;

pub use hashing::Hashing;
pub use policy::{Weak, check};
pub use pool::{Busy, Checked, Passwords, Place};
