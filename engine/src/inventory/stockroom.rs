//! Changing stock from outside a sale: deliveries, corrections, counts, transfers. One bundle each, through the journal.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::audit::{Actor, Entry, Subject};
use crate::clock::{Clock, IdSource};
use crate::fail_point::{Point, reach};
use crate::id::{LocationId, StoreId, VariantId};
use crate::idempotency::{AnswerRows, Call, Claims, Standing};
use crate::journal::{Bundle, Handle as Journal, NotWritten, StoredAnswer, Writes};
use crate::postgres::DatabaseError;

use super::account::AccountId;
use super::command::Command;
use super::error::Error;
use super::handle::{Granted, Handle};
use super::rows::StockRows;
use super::store::LevelRow;
use super::taken::Taken;

/// What is to be changed: a `Receive`, `Adjust`, `Set` or `Transfer` of one variant.
#[derive(Debug, Clone)]
pub struct StockChange {
    pub variant: VariantId,
    pub command: Command,
}

impl StockChange {
    fn account(&self) -> AccountId {
        AccountId { variant: self.variant, location: self.command.location() }
    }
}

/// It is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub batch: i64,
    /// One a ledger row: a transfer has two.
    pub seqs: Vec<i64>,
    /// It was answered before, and nothing was done now.
    #[serde(skip)]
    pub replayed: bool,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Stockroom {
    inventory: Handle,
    journal: Journal,
    rows: Arc<dyn StockRows>,
    answers: Arc<dyn AnswerRows>,
    clock: Arc<dyn Clock>,
    claims: Claims<()>,
    ids: Arc<dyn IdSource>,
    /// Who the audit trail will say did it.
    actor: Arc<Actor>,
}

/// How many `Set`s of an import share a bundle.
const SETS_A_BUNDLE: usize = 200;

impl Stockroom {
    pub fn new(
        inventory: Handle,
        journal: Journal,
        rows: Arc<dyn StockRows>,
        answers: Arc<dyn AnswerRows>,
        clock: Arc<dyn Clock>,
        claims: Claims<()>,
        ids: Arc<dyn IdSource>,
    ) -> Self {
        Self { inventory, journal, rows, answers, clock, claims, ids, actor: Arc::new(Actor::SHOP) }
    }

    /// The same stockroom, changed by `actor`. Changes by nobody in particular are the shop's own.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// Makes one change. With a `call` it is made at most once, however often it is asked.
    pub async fn change(&self, change: StockChange, call: Option<Call>) -> Result<Changed, Error> {
        let (now, term) = (self.clock.now(), self.journal.proof().term());
        let claim = match &call {
            None => None,
            Some(call) => match self.claims.claim(call.key(), call.fingerprint, now) {
                Standing::Claimed(claim) => Some(claim),
                Standing::UnderWay => return Err(Error::KeyInFlight),
                Standing::Reused => return Err(Error::KeyReused),
                Standing::Ended(()) => None,
            },
        };
        if let Some(call) = &call
            && let Some(before) = self.answered_before(call).await?
        {
            return Ok(before);
        }
        self.may_ask()?;
        let (action, told) = (action(&change.command), told(&change.command));
        let subject = Subject::new("stock", change.variant);
        let granted = match self.inventory.take(change.variant, change.command, now).await {
            Ok(granted) => granted,
            Err(refusal) => {
                // An earlier sending, whose caller went away, may have been committed while this one waited for it in line:
                // then it was that which took what is missing now.
                if let Some(call) = &call
                    && let Some(before) = self.answered_before(call).await?
                {
                    return Ok(before);
                }
                return Err(refusal.said_in(term, self.journal.proof()));
            }
        };
        let Granted::Take(taken) = granted else {
            return Ok(Changed { batch: 0, seqs: Vec::new(), replayed: true });
        };
        let answer = call.as_ref().map(|call| {
            Box::new(StoredAnswer {
                store: call.store,
                principal: call.principal,
                route: call.route,
                key: call.key.clone(),
                fingerprint: call.fingerprint,
                status: 200,
                body: "{}".to_owned(),
            })
        });
        let takes = vec![taken];
        let audit = self.entry(&takes, action, subject, told);
        let bundle = Bundle { takes, writes: Writes { answer, audit, ..Writes::default() } };
        match self.journal.write(bundle).await {
            Ok(receipt) => {
                if let Some(claim) = claim {
                    claim.end(());
                }
                Ok(Changed { batch: receipt.batch, seqs: receipt.seqs, replayed: false })
            }
            // An older attempt, whose outcome was not known then, had been written after all.
            Err(NotWritten::DoneBefore) if call.is_some() => {
                let call = call.as_ref().expect("just looked");
                let before = self.answered_before(call).await.map_err(|_| NotWritten::DoneBefore)?;
                before.ok_or(Error::NotWritten(NotWritten::DoneBefore))
            }
            Err(why) => Err(why.into()),
        }
    }

    /// Sets many absolute counts, many to a bundle. Each is answered for itself, in the order asked. An account that comes
    /// more than once is refused each time. The audit trail has a line a bundle, about `subject`.
    pub async fn set_many(&self, sets: Vec<StockChange>, subject: Subject) -> Vec<Result<(), Error>> {
        let term = self.journal.proof().term();
        let mut outcomes: Vec<Result<(), Error>> = sets.iter().map(|_| Ok(())).collect();
        // In the order of the accounts, which is the order in which every placement takes them: no circle of waiting.
        let mut sets: Vec<(AccountId, usize, StockChange)> =
            sets.into_iter().enumerate().map(|(place, set)| (set.account(), place, set)).collect();
        sets.sort_by_key(|(account, place, _)| (*account, *place));
        let single: Vec<&(AccountId, usize, StockChange)> =
            sets.chunk_by(|one, next| one.0 == next.0).filter(|same| same.len() == 1).flatten().collect();
        for same in sets.chunk_by(|one, next| one.0 == next.0).filter(|same| same.len() > 1) {
            for (_, place, _) in same {
                outcomes[*place] = Err(Error::Twice);
            }
        }
        for bundle in single.chunks(SETS_A_BUNDLE) {
            let variants: Vec<VariantId> = bundle.iter().map(|(account, ..)| account.variant).collect();
            if self.may_ask().is_err() {
                for (_, place, _) in bundle {
                    outcomes[*place] = Err(NotWritten::NotOwner.into());
                }
                continue;
            }
            self.inventory.wake(variants).await;
            let mut granted: Vec<Taken> = Vec::with_capacity(bundle.len());
            let mut written: Vec<usize> = Vec::with_capacity(bundle.len());
            for (_, place, set) in bundle {
                match self.inventory.take(set.variant, set.command.clone(), self.clock.now()).await {
                    Ok(Granted::Take(taken)) => {
                        granted.push(taken);
                        written.push(*place);
                    }
                    Ok(Granted::AlreadyDone) => {}
                    Err(error) => outcomes[*place] = Err(error.said_in(term, self.journal.proof())),
                }
            }
            if granted.is_empty() {
                continue;
            }
            let audit = self.entry(&granted, "stock.set", subject.clone(), Map::new());
            let writes = Writes { audit, ..Writes::default() };
            if let Err(why) = self.journal.write(Bundle { takes: granted, writes }).await {
                for place in written {
                    outcomes[place] = Err(why.into());
                }
            }
        }
        outcomes
    }

    /// What the audit trail will say. Whose shop it is, the changes know.
    fn entry(
        &self,
        takes: &[Taken],
        action: &'static str,
        subject: Subject,
        told: Map<String, Value>,
    ) -> Option<Box<Entry>> {
        let store = takes.iter().flat_map(Taken::changes).next()?.store;
        let actor = Actor::clone(&self.actor);
        let entry = Entry::new(&*self.ids, self.clock.now(), store, actor, action, subject);
        Some(Box::new(if told.is_empty() { entry } else { entry.made(told.into()) }))
    }

    /// The actors of a server that lost the cell may wait for what only another one can bring to an end.
    fn may_ask(&self) -> Result<(), Error> {
        if self.journal.proof().is_owner() { Ok(()) } else { Err(NotWritten::NotOwner.into()) }
    }

    /// The durable levels of a variant at all its locations, in their order.
    pub async fn levels(&self, variant: VariantId) -> Result<Vec<LevelRow>, Error> {
        let mut levels: Vec<LevelRow> = self.levels_of(vec![variant]).await?.into_iter().map(|(_, row)| row).collect();
        levels.sort_unstable_by_key(|row| row.location);
        Ok(levels)
    }

    /// The durable levels of many variants, in no order.
    pub async fn levels_of(&self, variants: Vec<VariantId>) -> Result<Vec<(VariantId, LevelRow)>, Error> {
        Ok(self.rows.levels(variants).await?)
    }

    /// The location that is called so; without a code, where the store sells from.
    pub async fn location(&self, store: StoreId, code: Option<String>) -> Result<LocationId, Error> {
        self.rows.location(store, code).await?.ok_or(Error::UnknownLocation)
    }

    async fn answered_before(&self, call: &Call) -> Result<Option<Changed>, Error> {
        let Some(before) = self.answers.known(call.clone()).await? else { return Ok(None) };
        if before.fingerprint != call.fingerprint {
            return Err(Error::KeyReused);
        }
        reach(Point::ReplayAnswer);
        // The journal adds the receipt to what it stores.
        let receipt = before.body.get("receipt").cloned().unwrap_or_default();
        let changed: Changed =
            serde_json::from_value(receipt).map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
        Ok(Some(Changed { replayed: true, ..changed }))
    }
}

/// What the audit trail calls it.
fn action(command: &Command) -> &'static str {
    match command {
        Command::Adjust { received: true, .. } => "stock.receive",
        Command::Adjust { received: false, .. } => "stock.adjust",
        Command::Set { .. } => "stock.set",
        Command::Transfer { .. } => "stock.transfer",
        // What orders do to the stock is told of the orders.
        Command::Hold(_)
        | Command::Confirm(_)
        | Command::Release(..)
        | Command::Expire(_)
        | Command::Extend(..)
        | Command::Return(_) => "stock.change",
    }
}

/// What was said with it; what it did is told by the levels.
fn told(command: &Command) -> Map<String, Value> {
    let (reason, reference) = match command {
        Command::Adjust { reason, reference, .. } => (Some(reason), reference.as_ref()),
        Command::Set { reference, .. } | Command::Transfer { reference, .. } => (None, reference.as_ref()),
        Command::Hold(_)
        | Command::Confirm(_)
        | Command::Release(..)
        | Command::Expire(_)
        | Command::Extend(..)
        | Command::Return(_) => (None, None),
    };
    let said = [("reason", reason), ("reference", reference)];
    said.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.as_str().into()))).collect()
}
