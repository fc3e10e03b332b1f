//! Who may do what: scopes, the roles that are sets of them, and the keys of machines.

mod key;
mod role;
mod scope;
mod second_factor;

pub use key::{ApiKey, Issued, KeyDraft, KeyError, KeyKind, Keys, Overlap, Shown, Unusable};
pub use role::{Role, UnknownRole};
pub use scope::{Scope, UnknownScope};
pub use second_factor::{StaffSecondFactor, admits_staff};
