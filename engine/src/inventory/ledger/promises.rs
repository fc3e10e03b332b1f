//! The rules of promises to orders: hold, confirm, release, expire, extend, return.

use crate::clock::Timestamp;
use crate::mutant::{Mutant, is_on};

use super::super::account::Delta;
use super::super::change::{Change, Hold, HoldChange, HoldState, Kind, LimitChange, UsageKey};
use super::super::command::{HoldRef, HoldRequest, Refused, ReturnRequest};
use super::StockLedger;
use super::decide::{Decision, minus};

impl StockLedger {
    pub(super) fn hold(&self, request: &HoldRequest, now: Timestamp, in_line: bool) -> Result<Decision, Refused> {
        let asked = request.quantity;
        let key = self.key(&HoldRef { location: request.location, order: request.order, attempt: request.attempt });
        if let Some(held) = self.holds.get(&key) {
            return if held.quantity == asked {
                Ok(Decision::AlreadyDone)
            } else {
                Err(Refused::HeldDifferently { held: held.quantity, asked })
            };
        }
        if self.is_underway(&key) {
            return Err(Refused::Underway);
        }
        let limit = match request.limit {
            None => None,
            Some(limit) => {
                let usage = UsageKey { principal: request.principal, window_start: limit.window_start(now) };
                let (used, taken) = self.usage.get(&usage).map_or((0, 0), |entry| (entry.used, entry.taken));
                if used.saturating_add(asked) > limit.max {
                    let resets_at = limit.resets_at(now);
                    let seq = self.level(request.location).seq;
                    return Err(Refused::LimitReached { max: limit.max, already: used, asked, seq, resets_at });
                }
                if used.saturating_add(taken).saturating_add(asked) > limit.max && !is_on(Mutant::LimitIgnoresTakes) {
                    // The buyer's own unfinished order: it may yet fail, so this one waits like for stock.
                    return Ok(Decision::Wait);
                }
                Some(LimitChange { usage, delta: asked })
            }
        };
        if !self.fits(request.location, asked, in_line)? {
            return Ok(Decision::Wait);
        }
        let hold = Hold {
            key,
            quantity: asked,
            principal: request.principal,
            limit_window: limit.map(|limit| limit.usage.window_start),
            expires_at: request.expires_at,
        };
        let (kind, delta, state) = match request.expires_at {
            Some(_) => (Kind::Hold, Delta { reserved: asked, ..Delta::default() }, HoldState::Held),
            None => (Kind::Sale, Delta { on_hand: minus(asked), ..Delta::default() }, HoldState::Confirmed),
        };
        Ok(Decision::Write(vec![Change {
            hold: Some(HoldChange::Begin { hold, state }),
            limit,
            order: Some(request.order),
            ..self.change(request.location, kind, delta)
        }]))
    }

    pub(super) fn end(
        &self,
        hold: &HoldRef,
        to: HoldState,
        kind: Kind,
        reason: Option<&String>,
    ) -> Result<Decision, Refused> {
        let key = self.key(hold);
        // Asked first: a hold may be durable, and read by others, a moment before this actor hears of it.
        if self.is_underway(&key) {
            return Err(Refused::Underway);
        }
        let held = self.holds.get(&key).ok_or(Refused::Gone)?;
        let quantity = held.quantity;
        let confirmed = to == HoldState::Confirmed;
        let delta = Delta {
            on_hand: if confirmed { minus(quantity) } else { 0 },
            reserved: minus(quantity),
            ..Delta::default()
        };
        // What was bought still counts against the limit; what was let go of does not.
        let limit = held.limit_window.filter(|_| !confirmed).map(|window_start| LimitChange {
            usage: UsageKey { principal: held.principal, window_start },
            delta: minus(quantity),
        });
        Ok(Decision::Write(vec![Change {
            hold: Some(HoldChange::End { key, to }),
            limit,
            order: Some(hold.order),
            reason: reason.cloned(),
            ..self.change(hold.location, kind, delta)
        }]))
    }

    pub(super) fn extend(&self, hold: &HoldRef, until: Timestamp) -> Result<Decision, Refused> {
        let key = self.key(hold);
        if self.is_underway(&key) {
            return Err(Refused::Underway);
        }
        let held = self.holds.get(&key).ok_or(Refused::Gone)?;
        if held.expires_at == Some(until) {
            return Ok(Decision::AlreadyDone);
        }
        Ok(Decision::Write(vec![Change {
            hold: Some(HoldChange::Extend { key, expires_at: until }),
            order: Some(hold.order),
            ..self.change(hold.location, Kind::Extend, Delta::default())
        }]))
    }

    pub(super) fn give_back(&self, request: &ReturnRequest) -> Result<Decision, Refused> {
        let key = self.key(&request.hold);
        if self.is_underway(&key) {
            return Err(Refused::Underway);
        }
        let left = request.confirmed.saturating_sub(request.returned);
        if request.quantity < 1 || request.quantity > left {
            return Err(Refused::ReturnTooLarge { left, asked: request.quantity });
        }
        let location = request.hold.location;
        let delta = Delta { on_hand: if request.restock { request.quantity } else { 0 }, ..Delta::default() };
        self.in_range(location, delta.on_hand)?;
        let limit = request.limit_window.map(|window_start| LimitChange {
            usage: UsageKey { principal: request.principal, window_start },
            delta: minus(request.quantity),
        });
        Ok(Decision::Write(vec![Change {
            hold: Some(HoldChange::Return { key, returned: request.returned, quantity: request.quantity }),
            limit,
            order: Some(request.hold.order),
            reason: Some(request.reason.clone()),
            ..self.change(location, Kind::Return, delta)
        }]))
    }
}
