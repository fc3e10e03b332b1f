//! The stock of one variant: what is on the shelf at each location, who it is promised to, and what is still undecided.
//!
//! Pure: no clock, no database, no `async`. Its memory is the durable level plus the unfinished takes, and nothing else:
//!
//! 1. A take must fit into the durable sellable minus all unfinished takes.
//! 2. What gives back counts only once it is durable.
//! 3. More than the durable sellable is refused, at once and for good: nothing uncommitted is behind a refusal.
//! 4. More than is left beside the unfinished takes waits in line; nobody overtakes.
//! 5. An absolute count waits until no change is unfinished.
//!
//! So any subset of takes may fail, in any order, and every other one is still good.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::clock::Timestamp;
use crate::id::{LocationId, StoreId, VariantId};

use super::account::{AccountId, Delta, Level};
use super::change::{Change, Hold, HoldChange, HoldKey, HoldState, Kind, LimitChange, UsageKey};
use super::command::{Command, HoldRef, HoldRequest, Refused, ReturnRequest};

/// Names one unfinished take of one incarnation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TakeId(u64);

/// What the ledger says to a command.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Done(Decided),
    /// Only others' unfinished takes stand in the way.
    Wait,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Decided {
    /// It may be written. Until it is settled or dropped, what it takes is kept for it.
    Granted(TakeId, Vec<Change>),
    /// It was done before and is durable; nothing to write.
    AlreadyDone,
    Refused(Refused),
}

/// What the ledger is loaded with.
#[derive(Debug, Clone)]
pub struct Durable {
    pub store: StoreId,
    pub levels: Vec<(LocationId, Level)>,
    pub holds: Vec<Hold>,
    pub usage: Vec<(UsageKey, i64)>,
}

pub struct StockLedger {
    variant: VariantId,
    store: StoreId,
    accounts: BTreeMap<LocationId, Account>,
    /// The live ones.
    holds: HashMap<HoldKey, Hold>,
    usage: HashMap<UsageKey, Usage>,
    takes: HashMap<TakeId, Vec<Change>>,
    /// Holds that an unfinished take begins, ends or changes: one unfinished transition per hold.
    underway: HashSet<HoldKey>,
    last_take: u64,
}

#[derive(Debug, Default)]
struct Account {
    level: Level,
    /// What unfinished takes want of the sellable.
    taken: i64,
    /// Unfinished takes that touch this account, whatever they want.
    unfinished: usize,
    /// Those in line. The line itself is the actor's: it holds the reply channels.
    waiting: usize,
    /// What live holds add up to.
    held: i64,
}

#[derive(Debug, Default)]
struct Usage {
    used: i64,
    taken: i64,
}

impl StockLedger {
    pub fn new(variant: VariantId, durable: Durable) -> Self {
        let mut accounts: BTreeMap<LocationId, Account> = BTreeMap::new();
        for (location, level) in durable.levels {
            accounts.insert(location, Account { level, ..Account::default() });
        }
        let mut holds = HashMap::with_capacity(durable.holds.len());
        for hold in durable.holds {
            let account = accounts.entry(hold.key.account.location).or_default();
            account.held = account.held.saturating_add(hold.quantity);
            holds.insert(hold.key, hold);
        }
        for account in accounts.values() {
            assert_eq!(
                account.held, account.level.reserved,
                "live holds of {variant} do not add up to what is reserved"
            );
        }
        let usage = durable.usage.into_iter().map(|(key, used)| (key, Usage { used, taken: 0 })).collect();
        Self {
            variant,
            store: durable.store,
            accounts,
            holds,
            usage,
            takes: HashMap::new(),
            underway: HashSet::new(),
            last_take: 0,
        }
    }

    pub fn level(&self, location: LocationId) -> Level {
        self.accounts.get(&location).map(|account| account.level).unwrap_or_default()
    }

    /// Nothing is undecided: it may be put to sleep.
    pub fn is_idle(&self) -> bool {
        self.takes.is_empty() && self.accounts.values().all(|account| account.waiting == 0)
    }

    pub fn unfinished(&self) -> usize {
        self.takes.len()
    }

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

    /// The location a waiting command waits at.
    pub fn waits_at(command: &Command) -> Option<LocationId> {
        match command {
            Command::Hold(request) => Some(request.location),
            Command::Adjust { location, .. } | Command::Set { location, .. } => Some(*location),
            Command::Transfer { from, .. } => Some(*from),
            Command::Confirm(_)
            | Command::Release(..)
            | Command::Expire(_)
            | Command::Extend(..)
            | Command::Return(_) => None,
        }
    }

    pub fn join_line(&mut self, location: LocationId) {
        let account = self.accounts.entry(location).or_default();
        account.waiting = account.waiting.saturating_add(1);
    }

    pub fn leave_line(&mut self, location: LocationId) {
        let account = self.accounts.entry(location).or_default();
        assert!(account.waiting > 0, "left a line nobody stood in");
        account.waiting = account.waiting.saturating_sub(1);
    }

    /// The take is durable: what it changed is the truth now. A take that is not known was dropped before.
    pub fn settle(&mut self, take: TakeId) {
        let Some(changes) = self.takes.remove(&take) else { return };
        for change in &changes {
            self.let_go(change);
            let location = change.account.location;
            let account = self.accounts.entry(location).or_default();
            account.level = match account.level.changed(change.delta) {
                Ok(level) => level,
                Err(broken) => panic!("{} at {location}: {broken}", self.variant),
            };
            match &change.hold {
                Some(HoldChange::Begin { hold, state: HoldState::Held }) => {
                    account.held = account.held.saturating_add(hold.quantity);
                    self.holds.insert(hold.key, hold.clone());
                }
                Some(HoldChange::End { key, .. }) => {
                    let ended = self.holds.remove(key).expect("a hold ends once");
                    account.held = account.held.saturating_sub(ended.quantity);
                }
                Some(HoldChange::Extend { key, expires_at }) => {
                    self.holds.get_mut(key).expect("it is live").expires_at = Some(*expires_at);
                }
                Some(HoldChange::Begin { .. } | HoldChange::Return { .. }) | None => {}
            }
            assert_eq!(account.held, account.level.reserved, "live holds must add up to what is reserved");
            if let Some(LimitChange { usage, delta }) = change.limit {
                let entry = self.usage.entry(usage).or_default();
                entry.used = entry.used.saturating_add(delta);
                assert!(entry.used >= 0, "a purchase limit was given back more than it was used");
                if entry.used == 0 && entry.taken == 0 {
                    self.usage.remove(&usage);
                }
            }
        }
    }

    /// The take will not be written. Dropping it twice, or after it settled, changes nothing.
    pub fn drop_take(&mut self, take: TakeId) {
        let Some(changes) = self.takes.remove(&take) else { return };
        for change in &changes {
            self.let_go(change);
            if let Some(LimitChange { usage, .. }) = change.limit
                && self.usage.get(&usage).is_some_and(|entry| entry.used == 0 && entry.taken == 0)
            {
                self.usage.remove(&usage);
            }
        }
    }

    fn grant(&mut self, changes: &[Change]) -> TakeId {
        self.last_take = self.last_take.wrapping_add(1);
        let take = TakeId(self.last_take);
        for change in changes {
            let account = self.accounts.entry(change.account.location).or_default();
            account.taken = account.taken.saturating_add(wanted(change.delta));
            account.unfinished = account.unfinished.saturating_add(1);
            if let Some(LimitChange { usage, delta }) = change.limit
                && delta > 0
            {
                let entry = self.usage.entry(usage).or_default();
                entry.taken = entry.taken.saturating_add(delta);
            }
            if let Some(hold) = &change.hold {
                self.underway.insert(hold.key());
            }
        }
        self.takes.insert(take, changes.to_vec());
        take
    }

    fn let_go(&mut self, change: &Change) {
        let account = self.accounts.entry(change.account.location).or_default();
        account.taken = account.taken.saturating_sub(wanted(change.delta));
        account.unfinished = account.unfinished.saturating_sub(1);
        if let Some(hold) = &change.hold {
            self.underway.remove(&hold.key());
        }
        if let Some(LimitChange { usage, delta }) = change.limit
            && delta > 0
        {
            let entry = self.usage.entry(usage).or_default();
            entry.taken = entry.taken.saturating_sub(delta);
        }
    }

    fn hold(&self, request: &HoldRequest, now: Timestamp, in_line: bool) -> Result<Decision, Refused> {
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
                    return Err(Refused::LimitReached { max: limit.max, already: used, asked, resets_at });
                }
                if used.saturating_add(taken).saturating_add(asked) > limit.max {
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

    fn end(&self, hold: &HoldRef, to: HoldState, kind: Kind, reason: Option<&String>) -> Result<Decision, Refused> {
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

    fn extend(&self, hold: &HoldRef, until: Timestamp) -> Result<Decision, Refused> {
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

    fn give_back(&self, request: &ReturnRequest) -> Result<Decision, Refused> {
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

    fn adjust(
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
            if !self.fits_within(location, asked, in_line, |level| level.on_hand.saturating_sub(level.reserved))? {
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

    fn count(
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
        {
            return Ok(Decision::Wait);
        }
        if let Some(expected) = count_version
            && expected != level.count_version
        {
            return Err(Refused::CountVersion { current: level.count_version });
        }
        if on_hand < level.reserved {
            return Err(Refused::BelowReserved { reserved: level.reserved, asked: on_hand });
        }
        let delta = Delta {
            on_hand: on_hand.saturating_sub(level.on_hand),
            reserved: 0,
            safety: safety.saturating_sub(level.safety),
            count_version: 1,
        };
        Ok(Decision::Write(vec![Change { reference: reference.clone(), ..self.change(location, Kind::Set, delta) }]))
    }

    fn transfer(
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

    /// Rules 1, 3 and 4: fits now, must wait, or will never fit.
    fn fits(&self, location: LocationId, asked: i64, in_line: bool) -> Result<bool, Refused> {
        self.fits_within(location, asked, in_line, Level::sellable)
    }

    fn fits_within(
        &self,
        location: LocationId,
        asked: i64,
        in_line: bool,
        room: impl Fn(&Level) -> i64,
    ) -> Result<bool, Refused> {
        let Some(account) = self.accounts.get(&location) else {
            return Err(Refused::Insufficient { available: 0, asked, seq: 0 });
        };
        let durable = room(&account.level);
        if asked > durable {
            let available = durable.max(0);
            return Err(Refused::Insufficient { available, asked, seq: account.level.seq });
        }
        let others_first = account.waiting > 0 && !in_line;
        Ok(!others_first && asked <= durable.saturating_sub(account.taken))
    }

    /// Whether a gain, and all gains that may yet settle, stays countable.
    fn in_range(&self, location: LocationId, gain: i64) -> Result<(), Refused> {
        let pending: i64 = self
            .takes
            .values()
            .flatten()
            .filter(|change| change.account.location == location)
            .map(|change| change.delta.on_hand.max(0))
            .fold(0, i64::saturating_add);
        let reach = self.level(location).on_hand.saturating_add(pending).saturating_add(gain);
        if reach <= Level::ON_HAND_MAX { Ok(()) } else { Err(Refused::OutOfRange) }
    }

    fn is_underway(&self, key: &HoldKey) -> bool {
        self.underway.contains(key)
    }

    fn key(&self, hold: &HoldRef) -> HoldKey {
        let account = AccountId { variant: self.variant, location: hold.location };
        HoldKey { account, order: hold.order, attempt: hold.attempt }
    }

    fn change(&self, location: LocationId, kind: Kind, delta: Delta) -> Change {
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

enum Decision {
    Write(Vec<Change>),
    Wait,
    AlreadyDone,
}

/// What a change wants of the sellable: what it takes off the shelf or promises. A confirmation takes off what was promised
/// already, so it wants nothing.
fn wanted(delta: Delta) -> i64 {
    let net = delta.reserved.saturating_sub(delta.on_hand).saturating_add(delta.safety.max(0));
    net.max(0)
}

fn minus(quantity: i64) -> i64 {
    quantity.checked_neg().expect("quantities are positive")
}

#[cfg(test)]
mod tests;
