//! PURE. What may become of an account, and what that takes.

use super::error::StaffError;
use crate::access::Role;
use crate::account::{Account, Status};

/// What somebody of the staff does to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Role(Role),
    Block,
    Unblock,
}

impl Turn {
    pub const fn action(self) -> &'static str {
        match self {
            Self::Role(_) => "account.change_role",
            Self::Block => "account.block",
            Self::Unblock => "account.unblock",
        }
    }
}

/// What the account is then; `None`: it is that already. `active_admins`: how many there are, itself among them.
pub(super) fn turn(account: &Account, turn: Turn, active_admins: usize) -> Result<Option<(Role, Status)>, StaffError> {
    if account.status == Status::Erased {
        return Err(StaffError::NotFound);
    }
    let (role, status) = match turn {
        Turn::Role(role) => (role, account.status),
        Turn::Block => (account.role, Status::Blocked),
        Turn::Unblock => (account.role, Status::Active),
    };
    // Whoever registered with the address of somebody who is to be taken on would be taken on in their place.
    let is_proved = account.email_verified_at.is_some() || account.phone_verified_at.is_some();
    if role != account.role && role != Role::Customer && account.has_password && !is_proved {
        return Err(StaffError::Unconfirmed);
    }
    let is_admin = |role, status| role == Role::Admin && status == Status::Active;
    let ceases = is_admin(account.role, account.status) && !is_admin(role, status);
    if ceases && active_admins <= 1 {
        return Err(StaffError::LastAdmin);
    }
    Ok(((role, status) != (account.role, account.status)).then_some((role, status)))
}

#[cfg(test)]
mod tests {
    use engine::clock::Timestamp;
    use engine::id::{AccountId, StoreId};
    use uuid::Uuid;

    use super::*;

    fn account(role: Role, status: Status) -> Account {
        Account {
            id: AccountId::from_uuid(Uuid::from_u128(1)),
            store: StoreId::MAIN,
            email: None,
            email_verified_at: None,
            phone: None,
            phone_verified_at: None,
            has_password: false,
            name: None,
            role,
            status,
            secured_at: Timestamp::UNIX_EPOCH,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_last_active_admin_stays() {
        let admin = account(Role::Admin, Status::Active);
        for away in [Turn::Block, Turn::Role(Role::Support)] {
            assert!(matches!(turn(&admin, away, 1), Err(StaffError::LastAdmin)), "{away:?}");
            assert!(matches!(turn(&admin, away, 2), Ok(Some(_))), "{away:?}");
        }
        assert!(matches!(turn(&admin, Turn::Role(Role::Admin), 1), Ok(None)));
        // One who may not come in is nobody's last hope.
        let blocked = account(Role::Admin, Status::Blocked);
        assert!(matches!(turn(&blocked, Turn::Role(Role::Support), 1), Ok(Some((Role::Support, Status::Blocked)))));
        assert!(matches!(turn(&blocked, Turn::Unblock, 1), Ok(Some((Role::Admin, Status::Active)))));
        let of_nobody = Account { has_password: true, ..account(Role::Customer, Status::Active) };
        assert!(matches!(turn(&of_nobody, Turn::Role(Role::Support), 1), Err(StaffError::Unconfirmed)));
        assert!(matches!(turn(&of_nobody, Turn::Block, 1), Ok(Some(_))));
        let proved = Account { email_verified_at: Some(Timestamp::UNIX_EPOCH), ..of_nobody };
        assert!(matches!(turn(&proved, Turn::Role(Role::Support), 1), Ok(Some(_))));
        let gone = account(Role::Support, Status::Erased);
        assert!(matches!(turn(&gone, Turn::Unblock, 1), Err(StaffError::NotFound)));
    }
}
