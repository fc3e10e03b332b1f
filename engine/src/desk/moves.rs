//! The way an order moves: its turn, its row, the stock's consent, one bundle, the answer.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::clock::{Clock, IdSource, Timestamp};
use crate::fail_point::{Point, reach};
use crate::id::{OrderId, PrincipalId, StoreId, VariantId};
use crate::idempotency::{AnswerRows, Call, Claims, Standing};
use crate::inventory::{
    self, Command as StockCommand, Granted, HoldRef, Refused, ReturnRequest, StockRows, Taken, store::HoldRow,
};
use crate::journal::{self, Bundle, NotWritten, OrderEvent, OrderMove, StoredAnswer, Writes};
use crate::mutant::{Mutant, is_on};
use crate::order::{self, Change, Command, Holds, OrderNo, OrderRows, OrderSnapshot, Outcome, Status};
use crate::runtime::Runtime;

use super::audited::{self, By};
use super::error::Error;
use super::trail::{self, StockMove};
use super::turn::Turns;

/// Which order.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    Id(OrderId),
    /// As people know it, in one store.
    Number(StoreId, OrderNo),
}

/// A command on an order, and who gives it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub order: Order,
    /// Only this buyer's orders exist for the one asking.
    pub principal: Option<PrincipalId>,
    pub version: Option<i64>,
    pub by: By,
    pub call: Option<Call>,
}

/// The order as it is now.
#[derive(Debug, Clone)]
pub struct Moved {
    pub order: OrderSnapshot,
    /// What the command did to the stock. A repeat with its key is told the same; without one, that nothing was done now.
    pub stock: Vec<StockMove>,
    /// A repeat: nothing was done now.
    pub replayed: bool,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) orders: Arc<dyn OrderRows>,
    pub(crate) stock: Arc<dyn StockRows>,
    pub(crate) answers: Arc<dyn AnswerRows>,
    pub(crate) runtime: Runtime,
    pub(crate) inventory: inventory::Handle,
    pub(crate) journal: journal::Handle,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) claims: Claims<()>,
    pub(crate) hold_ttl_max_s: i64,
    /// How long whoever asks waits for an answer.
    pub(crate) deadline: Duration,
    pub(crate) turns: Turns,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// A hold may be durable, and read here, a moment before its actor hears that it is.
const SETTLING: Duration = Duration::from_millis(2);
const SETTLING_TRIES: u32 = 200;

impl Desk {
    pub async fn find(&self, order: Order) -> Result<OrderSnapshot, Error> {
        let found = match order {
            Order::Id(id) => self.orders.by_id(id).await?,
            Order::Number(store, number) => self.orders.by_number(store, number).await?,
        };
        found.ok_or(Error::NotFound)
    }

    /// Carries `command` out, once. The move goes on when the caller goes away, and when it has waited long enough: then
    /// the outcome is unknown to it, and whoever repeats the command learns it.
    pub async fn move_order(&self, asked: Asked, command: Command) -> Result<Moved, Error> {
        self.in_time(asked, Step::Move(command)).await
    }

    /// Holds an unpaid order's goods until `ttl_s` from now, at most so long in all as the shop allows.
    pub async fn extend(&self, asked: Asked, ttl_s: i64) -> Result<Moved, Error> {
        self.in_time(asked, Step::Extend { ttl_s }).await
    }

    /// For the engine itself, which must not begin more than it can end: waits as long as it takes.
    pub(super) async fn move_at_leisure(&self, asked: Asked, command: Command) -> Result<Moved, Error> {
        self.carry_out(asked, Step::Move(command)).await
    }

    async fn in_time(&self, asked: Asked, step: Step) -> Result<Moved, Error> {
        let desk = self.clone();
        let moving = self.runtime.run_here(async move { desk.carry_out(asked, step).await });
        match self.runtime.timeout(self.deadline, moving).await {
            Ok(Ok(moved)) => moved,
            Ok(Err(broke_off)) => {
                tracing::error!(error = %broke_off, "moving an order failed");
                Err(Error::NotWritten(NotWritten::Unknown))
            }
            Err(_) => Err(Error::NotWritten(NotWritten::Unknown)),
        }
    }

    async fn carry_out(&self, asked: Asked, step: Step) -> Result<Moved, Error> {
        let claim = match &asked.call {
            None => None,
            Some(call) => match self.claims.claim(call.key(), call.fingerprint, self.clock.now()) {
                Standing::Claimed(claim) => Some(claim),
                Standing::UnderWay => return Err(Error::KeyInFlight),
                Standing::Reused => return Err(Error::KeyReused),
                Standing::Ended(()) => None,
            },
        };
        let found = self.find_own(&asked).await?;
        let _turn = match is_on(Mutant::ConfirmDuringCancel) {
            true => None,
            false => Some(self.turns.wait(found.id).await),
        };
        if let Some(call) = &asked.call
            && let Some(stock) = self.answered_before(call).await?
        {
            return Ok(Moved { order: self.find_done(&asked).await?, stock, replayed: true });
        }
        // Read again: what was read before the turn came may be old.
        let order = self.find_own(&asked).await?;
        if asked.version.is_some_and(|version| version != order.version) {
            return Err(Error::VersionConflict { current: order.version });
        }
        let now = self.clock.now();
        let Some(change) = step.decide(&order, now, self.hold_ttl_max_s)? else {
            return Ok(Moved { order, stock: Vec::new(), replayed: true });
        };
        if !self.journal.proof().is_owner() {
            return Err(NotWritten::NotOwner.into());
        }
        let takes = self.take(&order, &change, &step, now).await?;
        if is_on(Mutant::ExpiryNotJournaled) && change.to.status == Status::Expired {
            self.inventory.settle(takes);
            return Ok(Moved { order, stock: Vec::new(), replayed: false });
        }
        let stock = trail::of(&takes);
        let bundle = Bundle {
            takes,
            writes: Writes {
                moved: Some(Box::new(row(&order, &change, &asked))),
                answer: asked.call.as_ref().map(|call| stored(call, &stock)),
                audit: audited::entry(&*self.ids, now, &asked.by, &step, &order, &change).map(Box::new),
                ..Writes::default()
            },
        };
        let receipt = self.journal.write(bundle).await?;
        if let Some(claim) = claim {
            claim.end(());
        }
        metrics::counter!("doorbuster_order_moves_total", "to" => change.to.status.as_str()).increment(1);
        let stock = trail::numbered(stock, &receipt.seqs);
        Ok(Moved { order: self.find_done(&asked).await?, stock, replayed: false })
    }

    /// What was done is durable. If it cannot be read now, whoever asked must not think that nothing was done: whoever
    /// repeats the command learns it.
    async fn find_done(&self, asked: &Asked) -> Result<OrderSnapshot, Error> {
        self.find_own(asked).await.map_err(|error| {
            tracing::warn!(%error, "an order was moved, and cannot be read");
            Error::NotWritten(NotWritten::Unknown)
        })
    }

    async fn find_own(&self, asked: &Asked) -> Result<OrderSnapshot, Error> {
        let order = self.find(asked.order).await?;
        match asked.principal {
            Some(principal) if principal != order.principal_id => Err(Error::NotFound),
            _ => Ok(order),
        }
    }

    /// What it did to the stock, if it was carried out.
    async fn answered_before(&self, call: &Call) -> Result<Option<Vec<StockMove>>, Error> {
        let before = self.answers.known(call.clone()).await?;
        match before {
            Some(before) if before.fingerprint != call.fingerprint => Err(Error::KeyReused),
            Some(before) => {
                reach(Point::ReplayAnswer);
                Ok(Some(trail::kept(before.body)))
            }
            None => Ok(None),
        }
    }

    /// The stock's consent, account by account in ascending order.
    async fn take(
        &self,
        order: &OrderSnapshot,
        change: &Change,
        step: &Step,
        now: Timestamp,
    ) -> Result<Vec<Taken>, Error> {
        if change.holds == Holds::Keep && !matches!(step, Step::Extend { .. }) {
            return Ok(Vec::new());
        }
        let mut takes = Vec::new();
        for (variant, hold) in self.holds(order).await? {
            let held = HoldRef { location: hold.location, order: order.id, attempt: hold.attempt };
            let live = hold.state == "held";
            let command = match change.holds {
                Holds::Keep if live => {
                    StockCommand::Extend(held, change.expires_at.expect("an extended order has an end"))
                }
                Holds::Confirm if live => StockCommand::Confirm(held),
                Holds::Release if live => StockCommand::Release(held, reason(change)),
                Holds::Expire if live => StockCommand::Expire(held),
                Holds::Return { restock } if hold.state == "confirmed" && hold.returned < hold.quantity => {
                    StockCommand::Return(ReturnRequest {
                        hold: held,
                        principal: hold.principal,
                        limit_window: hold.limit_window,
                        confirmed: hold.quantity,
                        returned: hold.returned,
                        quantity: hold.quantity - hold.returned,
                        restock,
                        reason: reason(change),
                    })
                }
                Holds::Keep | Holds::Confirm | Holds::Release | Holds::Expire | Holds::Return { .. } => continue,
            };
            if let Granted::Take(taken) = self.ask(order.id, variant, command, now).await? {
                takes.push(taken);
            }
        }
        Ok(takes)
    }

    /// Asks an actor for something the order's row says it holds (or has bought).
    async fn ask(
        &self,
        order: OrderId,
        variant: VariantId,
        command: StockCommand,
        now: Timestamp,
    ) -> Result<Granted, Error> {
        let (mut healed, term) = (false, self.journal.proof().term());
        for _ in 0..SETTLING_TRIES {
            match self.inventory.take(variant, command.clone(), now).await {
                Err(inventory::Error::Refused(Refused::Underway)) => self.runtime.sleep(SETTLING).await,
                // The rows are the truth, and nobody else is at this order: the actor's memory is wrong.
                Err(inventory::Error::Refused(Refused::Gone)) => {
                    if !self.journal.proof().speaks_for(term) {
                        // Or another server has moved the order since its rows were read.
                        return Err(inventory::Error::Unsure.into());
                    }
                    metrics::counter!("doorbuster_desk_holds_unknown_total", "healed" => if healed { "no" } else { "tried" })
                        .increment(1);
                    tracing::error!(order.id = %order, variant = %variant, healed, "an actor does not know a hold that is held");
                    if healed {
                        return Err(Error::HoldUnknown { order, variant });
                    }
                    self.inventory.distrust(variant);
                    healed = true;
                }
                answer => return Ok(answer.map_err(|error| error.said_in(term, self.journal.proof()))?),
            }
        }
        Err(Error::NotWritten(NotWritten::Full))
    }

    async fn holds(&self, order: &OrderSnapshot) -> Result<Vec<(VariantId, HoldRow)>, Error> {
        let variants: Vec<VariantId> = order.lines.iter().map(|line| line.variant_id).collect();
        Ok(self.stock.holds_of_order(order.id, variants).await?)
    }
}

/// What is done at the desk.
pub(super) enum Step {
    Move(Command),
    Extend { ttl_s: i64 },
}

impl Step {
    /// What would be written; none: it was done before.
    fn decide(&self, order: &OrderSnapshot, now: Timestamp, max_s: i64) -> Result<Option<Change>, Error> {
        match self {
            Self::Move(command) => match order.order().decide(command)? {
                Outcome::Changed(change) => Ok(Some(change)),
                Outcome::AlreadyDone => Ok(None),
            },
            Self::Extend { ttl_s } => {
                let Some(ends) = order.expires_at.filter(|_| order.state.status == Status::PaymentPending) else {
                    return Err(Error::HoldExpired);
                };
                // Not every number of seconds is a length of time: beyond a few hundred million years there is none.
                let later = |from: Timestamp, seconds| from.checked_add_signed(TimeDelta::try_seconds(seconds)?);
                let (until, furthest) = (later(now, *ttl_s), later(order.placed_at, max_s));
                let until = match (until, furthest) {
                    (Some(until), Some(furthest)) if *ttl_s > 0 && until <= furthest => until,
                    _ => return Err(Error::HoldTooLong { max_s }),
                };
                if until <= ends {
                    return Ok(None);
                }
                Ok(Some(Change {
                    from: order.state,
                    from_version: order.version,
                    to: order.state,
                    version: order.version + 1,
                    expires_at: Some(until),
                    progress: order.progress.clone(),
                    holds: Holds::Keep,
                    kind: "extended",
                }))
            }
        }
    }
}

fn row(order: &OrderSnapshot, change: &Change, asked: &Asked) -> OrderMove {
    let json = |progress: &order::Progress| serde_json::to_string(progress).expect("text is always JSON");
    let progress = (change.progress != order.progress).then(|| json(&change.progress));
    OrderMove {
        order: order.id,
        store: order.store_id,
        version: change.from_version,
        from: change.from.status.as_str(),
        to: change.to.status.as_str(),
        payment_status: (change.from.payment != change.to.payment).then(|| change.to.payment.as_str()),
        expires_at: change.expires_at,
        progress: progress.clone(),
        event: OrderEvent { kind: change.kind, actor: asked.by.name(), data: progress },
    }
}

fn stored(call: &Call, stock: &[StockMove]) -> Box<StoredAnswer> {
    Box::new(StoredAnswer {
        store: call.store,
        principal: call.principal,
        route: call.route,
        key: call.key.clone(),
        fingerprint: call.fingerprint,
        status: 200,
        body: trail::context(stock),
    })
}

/// What happened to the order, in one word. What the buyer wrote stays with the order, from which it can be taken out: the
/// ledger is for ever, and for whoever counts stock.
fn reason(change: &Change) -> String {
    change.kind.to_owned()
}
