//! PURE. Whose account it is that a provider vouches for.

use engine::id::AccountId;

/// The account that this somebody has signed in to before, or been linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) account: AccountId,
    pub(super) is_active: bool,
}

/// The account that bears the address which the provider tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Namesake {
    pub(super) account: AccountId,
    pub(super) is_active: bool,
    /// It was proved here that the address is theirs.
    pub(super) verified_here: bool,
    /// Another identity of this very provider is theirs already.
    pub(super) has_another: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Enter(AccountId),
    /// Theirs by an address that was proved on both sides: from now on by who they are.
    Link(AccountId),
    Make,
    /// An account has the address, and nobody knows whether it is theirs: they sign in to it first, and link.
    SignInFirst,
    /// Somebody else here is that somebody already.
    Taken,
    /// The account has an identity of this provider already.
    HasAnother,
    Blocked,
}

/// Somebody wants in.
pub(super) fn sign_in(known: Option<Known>, namesake: Option<Namesake>, verified_there: bool) -> Verdict {
    match (known, namesake) {
        (Some(Known { is_active: false, .. }), _) => Verdict::Blocked,
        (Some(Known { account, .. }), _) => Verdict::Enter(account),
        (None, None) => Verdict::Make,
        (None, Some(namesake)) if verified_there && namesake.verified_here => match namesake {
            Namesake { is_active: false, .. } => Verdict::Blocked,
            Namesake { has_another: true, .. } => Verdict::SignInFirst,
            Namesake { account, .. } => Verdict::Link(account),
        },
        (None, Some(_)) => Verdict::SignInFirst,
    }
}

/// Somebody who is signed in to `account` says that they are also this one.
pub(super) fn link(account: AccountId, known: Option<Known>, has_another: bool) -> Verdict {
    match known {
        Some(known) if known.account == account => Verdict::Enter(account),
        Some(_) => Verdict::Taken,
        None if has_another => Verdict::HasAnother,
        None => Verdict::Link(account),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn an_address_opens_an_account_only_if_it_was_proved_on_both_sides() {
        let ann = Namesake { account: account(1), is_active: true, verified_here: true, has_another: false };
        let unproved = Namesake { verified_here: false, ..ann };
        let blocked = Namesake { is_active: false, ..ann };
        let other = Namesake { has_another: true, ..ann };
        let table = [
            (Some(ann), true, Verdict::Link(account(1))),
            (Some(ann), false, Verdict::SignInFirst),
            (Some(unproved), true, Verdict::SignInFirst),
            (Some(unproved), false, Verdict::SignInFirst),
            (Some(other), true, Verdict::SignInFirst),
            (Some(blocked), true, Verdict::Blocked),
            (Some(blocked), false, Verdict::SignInFirst),
            (None, true, Verdict::Make),
            (None, false, Verdict::Make),
        ];
        for (namesake, verified_there, expected) in table {
            assert_eq!(sign_in(None, namesake, verified_there), expected, "{namesake:?} {verified_there}");
        }
    }

    #[test]
    fn who_is_known_enters_whatever_address_they_have_now() {
        let (ann, bob) = (account(1), account(2));
        let known = Some(Known { account: ann, is_active: true });
        let namesake = Namesake { account: bob, is_active: true, verified_here: true, has_another: false };
        assert_eq!(sign_in(known, Some(namesake), true), Verdict::Enter(ann));
        assert_eq!(sign_in(Some(Known { account: ann, is_active: false }), None, true), Verdict::Blocked);
    }

    #[test]
    fn who_is_signed_in_links_what_is_nobody_elses() {
        let (ann, bob) = (account(1), account(2));
        let known = |account| Some(Known { account, is_active: true });
        assert_eq!(link(ann, None, false), Verdict::Link(ann));
        assert_eq!(link(ann, None, true), Verdict::HasAnother);
        assert_eq!(link(ann, known(ann), true), Verdict::Enter(ann));
        assert_eq!(link(ann, known(bob), false), Verdict::Taken);
    }
}
