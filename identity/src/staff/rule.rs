//! PURE. What may become of an account, and what that takes.

use super::error::StaffError;
use crate::access::{Role, Scope};
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

/// Whose accounts somebody may make, change and block.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Those of whoever may do no more than this.
    Staff(Vec<Scope>),
    Customers,
}

impl Reach {
    /// Nobody makes somebody else, or themselves under another name, more than they are; nor do they keep out, or let in again,
    /// whoever may do more. What sellers may is theirs alone.
    pub fn check(&self, role: Role) -> Result<(), StaffError> {
        let withheld = match self {
            Self::Customers if role != Role::Customer => return Err(StaffError::NotFound),
            Self::Staff(held) if role != Role::Seller => role.scopes().iter().find(|scope| !held.contains(scope)),
            Self::Customers | Self::Staff(_) => None,
        };
        withheld.map_or(Ok(()), |&scope| Err(StaffError::Withheld(scope)))
    }
}

/// What the account is then; `None`: it is that already. `active_admins`: how many there are, itself among them.
pub(super) fn turn(
    account: &Account,
    turn: Turn,
    reach: &Reach,
    active_admins: usize,
) -> Result<Option<(Role, Status)>, StaffError> {
    if account.status == Status::Erased {
        return Err(StaffError::NotFound);
    }
    let (role, status) = match turn {
        Turn::Role(role) => (role, account.status),
        Turn::Block => (account.role, Status::Blocked),
        Turn::Unblock => (account.role, Status::Active),
    };
    reach.check(account.role)?;
    reach.check(role)?;
    // Among the staff a customer is somebody to take on, and nothing else.
    if matches!(reach, Reach::Staff(_)) && (account.role, role) == (Role::Customer, Role::Customer) {
        return Err(StaffError::NotFound);
    }
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

    fn all() -> Reach {
        Reach::Staff(Scope::ALL.to_vec())
    }

    #[test]
    fn nobody_turns_somebody_who_may_do_more() {
        let people = Reach::Staff(vec![Scope::StaffRead, Scope::StaffWrite]);
        for (role, by, withheld) in [
            (Role::Admin, &people, Some(Scope::CatalogRead)),
            (Role::Support, &people, Some(Scope::CatalogRead)),
            (Role::Seller, &people, None),
            (Role::Admin, &all(), None),
            (Role::Customer, &Reach::Customers, None),
        ] {
            for status in [Status::Active, Status::Blocked] {
                for turned in [Turn::Block, Turn::Unblock, Turn::Role(Role::Customer)] {
                    let told = match turn(&account(role, status), turned, by, 2) {
                        Ok(_) => None,
                        Err(StaffError::Withheld(scope)) => Some(scope),
                        Err(other) => panic!("{other}"),
                    };
                    assert_eq!(told, withheld, "{role} {turned:?} {by:?}");
                }
            }
        }
        let made_admin = turn(&account(Role::Customer, Status::Active), Turn::Role(Role::Admin), &people, 2);
        assert!(matches!(made_admin, Err(StaffError::Withheld(_))));
        for turned in [Turn::Block, Turn::Unblock, Turn::Role(Role::Customer)] {
            let customer = turn(&account(Role::Customer, Status::Active), turned, &all(), 2);
            assert!(matches!(customer, Err(StaffError::NotFound)), "{turned:?}");
        }
        for role in [Role::Seller, Role::Support, Role::Admin] {
            let blocked = turn(&account(role, Status::Active), Turn::Block, &Reach::Customers, 2);
            assert!(matches!(blocked, Err(StaffError::NotFound)), "{role}");
        }
    }

    #[test]
    fn the_last_active_admin_stays() {
        let admin = account(Role::Admin, Status::Active);
        for away in [Turn::Block, Turn::Role(Role::Support)] {
            assert!(matches!(turn(&admin, away, &all(), 1), Err(StaffError::LastAdmin)), "{away:?}");
            assert!(matches!(turn(&admin, away, &all(), 2), Ok(Some(_))), "{away:?}");
        }
        assert!(matches!(turn(&admin, Turn::Role(Role::Admin), &all(), 1), Ok(None)));
        // One who may not come in is nobody's last hope.
        let blocked = account(Role::Admin, Status::Blocked);
        assert!(matches!(
            turn(&blocked, Turn::Role(Role::Support), &all(), 1),
            Ok(Some((Role::Support, Status::Blocked)))
        ));
        assert!(matches!(turn(&blocked, Turn::Unblock, &all(), 1), Ok(Some((Role::Admin, Status::Active)))));
        let of_nobody = Account { has_password: true, ..account(Role::Customer, Status::Active) };
        assert!(matches!(turn(&of_nobody, Turn::Role(Role::Support), &all(), 1), Err(StaffError::Unconfirmed)));
        assert!(matches!(turn(&of_nobody, Turn::Block, &Reach::Customers, 1), Ok(Some(_))));
        let proved = Account { email_verified_at: Some(Timestamp::UNIX_EPOCH), ..of_nobody };
        assert!(matches!(turn(&proved, Turn::Role(Role::Support), &all(), 1), Ok(Some(_))));
        let gone = account(Role::Support, Status::Erased);
        assert!(matches!(turn(&gone, Turn::Unblock, &all(), 1), Err(StaffError::NotFound)));
    }
}
