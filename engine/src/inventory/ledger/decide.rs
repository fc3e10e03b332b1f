//! What is said to a command: which rule it falls under, and the rules that all who take have in common.

use crate::clock::Timestamp;
use crate::id::LocationId;
use crate::mutant::{Mutant, is_on};

use super::super::account::{AccountId, Delta, Level};
use super::super::change::{Change, HoldKey, HoldState, Kind};
use super::super::command::{Command, HoldRef, Refused};
use super::{Decided, Outcome, StockLedger};

pub(super) enum Decision {
    Write(Vec<Change>),
    Wait,
    AlreadyDone,
}

impl StockLedger {
    /// What would happen. `in_line` says that the one asking is at the head of the line: it overtakes nobody.
    pub fn decide(&mut self, command: &Command, now: Timestamp, in_line: bool) -> Outcome {
        let decided = match command {
            Command::Hold(request) => self.hold(request, now, in_line),
            Command::Confirm(hold) => self.end(hold, HoldState::Confirmed, Kind::Confirm, None),
            Command::Release(hold, reason) => self.end(hold, HoldState::Released, Kind::Release, Some(reason)),
            Command::Expire(hold) => self.end(hold, HoldState::Expired, Kind::Expire, None),
            Command::Extend(hold, until) => self.extend(hold, *until),
            Command::Return(request) => self.give_back(request),
            Command::Adjust { location, delta, reason, reference, received } => {
                let kind = if *received { Kind::Receive } else { Kind::Adjust };
                self.adjust(*location, *delta, kind, reason, reference, in_line)
            }
            Command::Set { location, on_hand, safety, count_version, reference } => {
                self.count(*location, *on_hand, *safety, *count_version, reference, in_line)
            }
            Command::Transfer { from, to, quantity, reference } => {
                self.transfer(*from, *to, *quantity, reference, in_line)
            }
        };
        match decided {
            Ok(Decision::Write(changes)) => Outcome::Done(Decided::Granted(self.grant(&changes), changes)),
            Ok(Decision::Wait) => Outcome::Wait,
            Ok(Decision::AlreadyDone) => Outcome::Done(Decided::AlreadyDone),
            Err(refused) => Outcome::Done(Decided::Refused(refused)),
        }
    }

    /// Rules 1, 3 and 4: fits now, must wait, or will never fit.
    pub(super) fn fits(&self, location: LocationId, asked: i64, in_line: bool) -> Result<bool, Refused> {
        self.fits_within(location, asked, in_line, Level::sellable)
    }

    pub(super) fn fits_within(
        &self,
        location: LocationId,
        asked: i64,
        in_line: bool,
        room: impl Fn(&Level) -> i64,
    ) -> Result<bool, Refused> {
        let Some(account) = self.accounts.get(&location) else {
            return Err(Refused::Insufficient { available: 0, asked, seq: 0 });
        };
        let mut durable = room(&account.level);
        if is_on(Mutant::GainSpentBeforeDurable) {
            durable = durable.saturating_add(self.pending_gains(location));
        }
        if is_on(Mutant::RefusedBesideTakes) {
            durable = durable.saturating_sub(account.taken);
        }
        if asked > durable {
            let available = durable.max(0);
            return Err(Refused::Insufficient { available, asked, seq: account.level.seq });
        }
        let others_first = account.waiting > 0 && !in_line && !is_on(Mutant::WaiterOvertaken);
        Ok(!others_first && asked <= durable.saturating_sub(account.taken))
    }

    /// Whether a gain, and all gains that may yet settle, stays countable.
    pub(super) fn in_range(&self, location: LocationId, gain: i64) -> Result<(), Refused> {
        let pending = self.pending_gains(location);
        let reach = self.level(location).on_hand.saturating_add(pending).saturating_add(gain);
        if reach <= Level::ON_HAND_MAX { Ok(()) } else { Err(Refused::OutOfRange) }
    }

    fn pending_gains(&self, location: LocationId) -> i64 {
        self.takes
            .values()
            .flatten()
            .filter(|change| change.account.location == location)
            .map(|change| change.delta.on_hand.max(0))
            .fold(0, i64::saturating_add)
    }

    pub(super) fn is_underway(&self, key: &HoldKey) -> bool {
        self.underway.contains(key) && !is_on(Mutant::ConfirmDuringCancel)
    }

    pub(super) fn key(&self, hold: &HoldRef) -> HoldKey {
        let account = AccountId { variant: self.variant, location: hold.location };
        HoldKey { account, order: hold.order, attempt: hold.attempt }
    }

    pub(super) fn change(&self, location: LocationId, kind: Kind, delta: Delta) -> Change {
        Change {
            store: self.store,
            account: AccountId { variant: self.variant, location },
            kind,
            delta,
            base: self.level(location),
            hold: None,
            limit: None,
            order: None,
            reason: None,
            reference: None,
        }
    }
}

pub(super) fn minus(quantity: i64) -> i64 {
    quantity.checked_neg().expect("quantities are positive")
}
