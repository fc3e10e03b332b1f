//! PURE. What a proved address means, given who has it.

use engine::id::AccountId;

/// The account that bears the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bearer {
    pub(super) account: AccountId,
    pub(super) is_active: bool,
    /// It was proved here that the address is theirs.
    pub(super) proved: bool,
    /// They have proved something else: another address, or who they are elsewhere.
    pub(super) proved_otherwise: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is theirs.
    Enter(AccountId),
    /// Whoever made it never proved anything. It is its address's owner's from now on, and theirs alone: no password, no
    /// second factor and no session of before opens it any more.
    Claim(AccountId),
    /// It is somebody's who wrote down an address that is not theirs: it is taken off, and the owner begins anew.
    Detach(AccountId),
    Make,
    Blocked,
}

pub(super) fn decide(bearer: Option<Bearer>) -> Verdict {
    let Some(Bearer { account, is_active, proved, proved_otherwise }) = bearer else { return Verdict::Make };
    match (proved, proved_otherwise) {
        (true, _) if !is_active => Verdict::Blocked,
        (true, _) => Verdict::Enter(account),
        (false, true) => Verdict::Detach(account),
        (false, false) if !is_active => Verdict::Blocked,
        (false, false) => Verdict::Claim(account),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_proved_address_opens_what_it_was_proved_on_and_nothing_else() {
        let ann = AccountId::from_uuid(Uuid::from_u128(1));
        let table = [
            // active, proved, proved otherwise
            ((true, true, false), Verdict::Enter(ann)),
            ((true, true, true), Verdict::Enter(ann)),
            ((true, false, false), Verdict::Claim(ann)),
            ((true, false, true), Verdict::Detach(ann)),
            ((false, true, false), Verdict::Blocked),
            ((false, true, true), Verdict::Blocked),
            ((false, false, false), Verdict::Blocked),
            ((false, false, true), Verdict::Detach(ann)),
        ];
        for ((is_active, proved, proved_otherwise), expected) in table {
            let bearer = Bearer { account: ann, is_active, proved, proved_otherwise };
            assert_eq!(decide(Some(bearer)), expected, "{bearer:?}");
        }
        assert_eq!(decide(None), Verdict::Make);
    }
}
