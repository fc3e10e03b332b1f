//! The rules of what lies on the shelf: deliveries, corrections, counts, transfers.

use crate::id::LocationId;
use crate::mutant::{Mutant, is_on};

use super::super::account::{Delta, Level};
use super::super::change::{Change, Kind};
use super::super::command::Refused;
use super::StockLedger;
use super::decide::{Decision, minus};

impl StockLedger {
    pub(super) fn adjust(
        &self,
        location: LocationId,
        delta: i64,
        kind: Kind,
        reason: &str,
        reference: &Option<String>,
        in_line: bool,
    ) -> Result<Decision, Refused> {
        if delta < 0 {
            let asked = delta.checked_neg().ok_or(Refused::OutOfRange)?;
            // Taken off the shelf may also be what is kept back, but never what is promised.
            if !self.fits_within(location, asked, in_line, |level| level.on_hand.saturating_sub(level.reserved))?
                && !is_on(Mutant::AdjustIgnoresTakes)
            {
                return Ok(Decision::Wait);
            }
        } else {
            self.in_range(location, delta)?;
        }
        Ok(Decision::Write(vec![Change {
            reason: Some(reason.to_owned()),
            reference: reference.clone(),
            ..self.change(location, kind, Delta { on_hand: delta, ..Delta::default() })
        }]))
    }

    pub(super) fn count(
        &self,
        location: LocationId,
        on_hand: i64,
        safety: Option<i64>,
        count_version: Option<i64>,
        reference: &Option<String>,
        in_line: bool,
    ) -> Result<Decision, Refused> {
        let account = self.accounts.get(&location);
        let level = account.map(|account| account.level).unwrap_or_default();
        let safety = safety.unwrap_or(level.safety);
        if !(0..=Level::ON_HAND_MAX).contains(&on_hand) || !(0..=Level::ON_HAND_MAX).contains(&safety) {
            return Err(Refused::OutOfRange);
        }
        if let Some(account) = account
            && (account.unfinished > 0 || (account.waiting > 0 && !in_line))
            && !is_on(Mutant::CountIgnoresTakes)
        {
            return Ok(Decision::Wait);
        }
        if let Some(expected) = count_version
            && expected != level.count_version
        {
            return Err(Refused::CountVersion { current: level.count_version, seq: level.seq });
        }
        if on_hand < level.reserved {
            return Err(Refused::BelowReserved { reserved: level.reserved, asked: on_hand, seq: level.seq });
        }
        let delta = Delta {
            on_hand: on_hand.saturating_sub(level.on_hand),
            reserved: 0,
            safety: safety.saturating_sub(level.safety),
            count_version: 1,
        };
        Ok(Decision::Write(vec![Change { reference: reference.clone(), ..self.change(location, Kind::Set, delta) }]))
    }

    pub(super) fn transfer(
        &self,
        from: LocationId,
        to: LocationId,
        quantity: i64,
        reference: &Option<String>,
        in_line: bool,
    ) -> Result<Decision, Refused> {
        if from == to {
            return Err(Refused::SameLocation);
        }
        if quantity < 1 {
            return Err(Refused::OutOfRange);
        }
        self.in_range(to, quantity)?;
        if !self.fits(from, quantity, in_line)? {
            return Ok(Decision::Wait);
        }
        let out = Delta { on_hand: minus(quantity), ..Delta::default() };
        let into = Delta { on_hand: quantity, ..Delta::default() };
        Ok(Decision::Write(vec![
            Change { reference: reference.clone(), ..self.change(from, Kind::TransferOut, out) },
            Change { reference: reference.clone(), ..self.change(to, Kind::TransferIn, into) },
        ]))
    }
}
