//! Who may do what: scopes, the roles that are sets of them, and the keys of machines.

mod role;
mod scope;

pub use role::{Role, UnknownRole};
pub use scope::{Scope, UnknownScope};
