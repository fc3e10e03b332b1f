//! PURE. Whether somebody is told that they signed in: where they have not been seen before.

use crate::account::Account;
use crate::reach::Email;

/// What is known of an account's sessions, when another begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Any, on whatever device.
    pub(super) any: bool,
    /// One on a device that calls itself the same, whatever its version.
    pub(super) same_device: bool,
}

/// Who is to be told, if it is worth telling. Nobody of their first sign-in, which they have just asked for; and nobody at an
/// address that nobody has shown to be theirs.
pub(super) fn reader(account: &Account, known: Known) -> Option<&Email> {
    let is_news = known.any && !known.same_device;
    account.email.as_ref().filter(|_| is_news && account.email_verified_at.is_some())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use engine::id::{AccountId, StoreId};
    use uuid::Uuid;

    use super::*;
    use crate::access::Role;
    use crate::account::Status;

    #[test]
    fn only_a_device_that_is_not_known_is_news_and_only_to_who_reads_it() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let account = |is_confirmed: bool| Account {
            id: AccountId::from_uuid(Uuid::from_u128(1)),
            store: StoreId::MAIN,
            email: Email::parse("ann@example.com").ok(),
            email_verified_at: is_confirmed.then_some(now),
            phone: None,
            phone_verified_at: None,
            has_password: true,
            name: None,
            role: Role::Customer,
            status: Status::Active,
            secured_at: now,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        for (any, same_device, is_confirmed, is_told) in [
            (false, false, true, false),
            (true, true, true, false),
            (true, false, true, true),
            (true, false, false, false),
        ] {
            let told = reader(&account(is_confirmed), Known { any, same_device }).is_some();
            assert_eq!(told, is_told, "{any} {same_device} {is_confirmed}");
        }
    }
}
