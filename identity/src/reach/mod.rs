//! Where a person can be reached: e-mail addresses and phone numbers, parsed once and compared as one means them.

mod email;
mod phone;

pub use email::{Email, NotAnEmail};
pub use phone::{NotAPhone, Phone};
