//! Whether the shop's staff may work without a second factor.

use serde::Deserialize;

use super::Role;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaffSecondFactor {
    /// Whoever works here shows one. A session without opens no staff route until it enrols one.
    Required,
    /// Asked of those who enrolled one.
    Optional,
}

/// Whether somebody of `role` may do what that role may, in a session that showed a second factor or not (`mfa`).
pub fn admits_staff(role: Role, mfa: bool, policy: StaffSecondFactor) -> bool {
    match policy {
        StaffSecondFactor::Optional => true,
        StaffSecondFactor::Required => mfa || !role.is_staff(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_staff_need_one_and_only_where_the_shop_wants_it() {
        use StaffSecondFactor::{Optional, Required};
        for role in Role::ALL {
            assert!(admits_staff(role, false, Optional) && admits_staff(role, true, Required), "{role}");
            let refused = matches!(role, Role::Support | Role::Admin);
            assert_eq!(admits_staff(role, false, Required), !refused, "{role}");
        }
    }
}
