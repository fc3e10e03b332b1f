//! PURE. Whom a taking of the cell follows: whether memory outlives it, and whether somebody may still be answering.

use super::link::CellRow;
use super::take::Claim;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Predecessor {
    /// Another owned the cell since this process did: all memory is worth nothing.
    pub(super) is_foreign: bool,
    /// It may still be running, and answer from memory for a while.
    pub(super) may_live: bool,
}

impl Predecessor {
    /// `durable`: the batch in doubt is in the row's count. `is_known_dead`: of whoever signed so.
    pub(super) fn of(claim: &Claim, row: &CellRow, durable: bool, is_known_dead: impl Fn(&str) -> bool) -> Self {
        let signature = &row.signature;
        let signed_by_me = signature.owner == Some(claim.owner);
        // My own signature says that nobody else was here only under the epoch that I hold. Under a later one it is of a
        // taking whose answer I never heard, and whom that one followed is not known any more.
        let was_mine = signed_by_me && claim.held.is_some_and(|held| held.epoch == row.epoch);
        let is_foreign =
            claim.held.is_some_and(|held| !was_mine || row.last_batch != held.last_batch + i64::from(durable));
        // One that died while it was still waiting for the one before it says nothing of that one.
        let is_dead = !signed_by_me && row.is_settled && signature.name.as_deref().is_some_and(is_known_dead);
        Self { is_foreign, may_live: signature.owner.is_some() && !was_mine && !is_dead }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::id::OwnerId;
    use crate::journal::link::Signature;
    use crate::journal::take::Held;

    const ME: u128 = 1;
    const ANOTHER: u128 = 2;

    #[test]
    fn memory_and_haste_depend_on_who_was_here_before() {
        let (mine, fresh) = (Some((7, 40)), None);
        let cases = [
            // what I hold (epoch, batch), who signed under which epoch, batches there, the one in doubt is among them,
            // settled, dead: foreign, may live
            ("a new cell", fresh, None, 0, 0, false, true, false, (false, false)),
            ("given up in order", fresh, None, 7, 40, false, true, false, (false, false)),
            ("another's, which may live", fresh, Some(ANOTHER), 7, 40, false, true, false, (false, true)),
            ("another's, which is dead", fresh, Some(ANOTHER), 7, 40, false, true, true, (false, false)),
            ("another's, dead while it waited", fresh, Some(ANOTHER), 7, 40, false, false, true, (false, true)),
            ("a first taking of mine, unheard", fresh, Some(ME), 8, 40, false, true, true, (false, true)),
            ("still mine", mine, Some(ME), 7, 40, false, true, false, (false, false)),
            ("still mine, with the batch in doubt", mine, Some(ME), 7, 41, true, true, false, (false, false)),
            ("still mine, with what I did not write", mine, Some(ME), 7, 41, false, true, false, (true, false)),
            ("still mine, without the batch in doubt", mine, Some(ME), 7, 40, true, true, false, (true, false)),
            ("a taking of mine, unheard", mine, Some(ME), 8, 40, false, true, false, (true, true)),
            ("another's since", mine, Some(ANOTHER), 8, 40, false, true, false, (true, true)),
            ("another's since, which wrote", mine, Some(ANOTHER), 8, 43, false, true, true, (true, false)),
            ("another's since, given up in order", mine, None, 8, 40, false, true, false, (true, false)),
        ];
        for (story, held, owner, epoch, last_batch, durable, is_settled, dead, (is_foreign, may_live)) in cases {
            let owner_id = |number| OwnerId::from_uuid(Uuid::from_u128(number));
            let claim = Claim {
                owner: owner_id(ME),
                held: held.map(|(epoch, last_batch)| Held { epoch, last_batch }),
                old_backend: None,
                in_doubt: None,
            };
            let signature = Signature { owner: owner.map(owner_id), name: Some("host/1@world".to_owned()) };
            let row = CellRow { epoch, last_batch, core_time: Timestamp::UNIX_EPOCH, is_settled, signature };
            let judged = Predecessor::of(&claim, &row, durable, |_| dead);
            assert_eq!(judged, Predecessor { is_foreign, may_live }, "{story}");
        }
    }
}
