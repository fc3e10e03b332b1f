//! The stock of one variant, awake. Everything it knows and decides is the ledger's; the actor keeps the line of those who
//! wait, because their reply channels are no business of a pure machine.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use actix::{Actor, ActorContext, Context, Handler, Message};

use crate::actor::{Address, Gate, Reply, Resident, Sleep};
use crate::clock::Timestamp;
use crate::fail_point::{Point, reach};
use crate::id::{LocationId, VariantId};
use crate::mutant::{Mutant, is_on};

use super::account::AccountId;
use super::board::Board;
use super::command::{Command, Refused};
use super::handle::Granted;
use super::ledger::{Decided, Durable, Outcome, StockLedger, TakeId};
use super::taken::Taken;

/// How many may wait in line for one variant.
const WAITERS_MAX: usize = 16_384;

pub(super) struct SkuActor {
    ledger: StockLedger,
    gate: Arc<Gate>,
    lines: BTreeMap<LocationId, VecDeque<Ask>>,
    waiting: usize,
}

/// What the loader read, and where others may see it.
pub(super) struct Loaded {
    pub(super) durable: Durable,
    pub(super) board: Arc<Board>,
}

/// "May I?" Answered at once, or when those ahead have ended.
pub(super) struct Ask {
    pub(super) command: Command,
    pub(super) now: Timestamp,
    pub(super) reply: Reply<Result<Granted, Refused>>,
}

impl Message for Ask {
    type Result = ();
}

/// These are durable.
pub(super) struct Settle {
    pub(super) takes: Vec<TakeId>,
}

impl Message for Settle {
    type Result = ();
}

/// This will not be written.
pub(super) struct Drop {
    pub(super) take: TakeId,
}

impl Message for Drop {
    type Result = ();
}

impl Actor for SkuActor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        // The bound is the seats; actix's own only costs wake-ups when it is small.
        context.set_mailbox_capacity(1 << 16);
    }
}

impl Resident for SkuActor {
    type Key = VariantId;
    type State = Loaded;

    fn new(variant: VariantId, loaded: Loaded, gate: Arc<Gate>) -> Self {
        Self { ledger: StockLedger::new(variant, loaded.durable), gate, lines: BTreeMap::new(), waiting: 0 }
    }

    fn waking(variant: VariantId, loaded: &Loaded) {
        for (location, level) in &loaded.durable.levels {
            loaded.board.loaded(AccountId { variant, location: *location }, level);
        }
    }
}

impl Handler<Ask> for SkuActor {
    type Result = ();

    fn handle(&mut self, ask: Ask, context: &mut Context<Self>) {
        // Out of office, its memory may be wrong: unanswered, whoever asks finds the next one.
        if ask.reply.is_closed() || self.gate.is_closed() {
            return;
        }
        match self.ledger.decide(&ask.command, ask.now, false) {
            Outcome::Wait if self.waiting >= WAITERS_MAX => self.answer(ask, Err(Refused::Full)),
            Outcome::Wait => self.join_line(ask),
            Outcome::Done(done) => self.conclude(ask, done, context),
        }
    }
}

impl Handler<Settle> for SkuActor {
    type Result = ();

    fn handle(&mut self, settle: Settle, context: &mut Context<Self>) {
        for take in settle.takes {
            self.ledger.settle(take);
        }
        self.serve_lines(context);
    }
}

impl Handler<Drop> for SkuActor {
    type Result = ();

    fn handle(&mut self, drop: Drop, context: &mut Context<Self>) {
        self.ledger.drop_take(drop.take);
        if is_on(Mutant::DropForgetsTheLine) {
            return;
        }
        self.serve_lines(context);
    }
}

impl Handler<Sleep> for SkuActor {
    type Result = ();

    fn handle(&mut self, sleep: Sleep, context: &mut Context<Self>) {
        let idle = self.ledger.is_idle() && self.waiting == 0;
        if idle {
            context.stop();
        }
        // The directory waits for this; if it has gone, the program is ending.
        let _ = sleep.0.send(idle);
    }
}

impl SkuActor {
    fn join_line(&mut self, ask: Ask) {
        let location = StockLedger::waits_at(&ask.command).expect("only what takes can wait");
        self.ledger.join_line(location);
        metrics::counter!("doorbuster_stock_waits_total").increment(1);
        self.waiting += 1;
        self.lines.entry(location).or_default().push_back(ask);
    }

    /// First come, first served: stops at the first who must go on waiting.
    fn serve_lines(&mut self, context: &Context<Self>) {
        if self.waiting == 0 {
            return;
        }
        let locations: Vec<LocationId> = self.lines.keys().copied().collect();
        for location in locations {
            while let Some(ask) = self.lines.get_mut(&location).and_then(VecDeque::pop_front) {
                let outcome = if ask.reply.is_closed() || self.gate.is_closed() {
                    None
                } else {
                    match self.ledger.decide(&ask.command, ask.now, true) {
                        Outcome::Wait => {
                            self.lines.entry(location).or_default().push_front(ask);
                            break;
                        }
                        Outcome::Done(done) => Some(done),
                    }
                };
                self.ledger.leave_line(location);
                self.waiting -= 1;
                if let Some(done) = outcome {
                    self.conclude(ask, done, context);
                }
            }
            if self.lines.get(&location).is_some_and(VecDeque::is_empty) {
                self.lines.remove(&location);
            }
        }
    }

    fn conclude(&self, ask: Ask, done: Decided, context: &Context<Self>) {
        let answer = match done {
            Decided::Granted(take, changes) => {
                reach(Point::AfterDecide);
                Ok(Granted::Take(Taken::new(Address::of(context), Arc::clone(&self.gate), take, changes)))
            }
            Decided::AlreadyDone => Ok(Granted::AlreadyDone),
            Decided::Refused(refused) => Err(refused),
        };
        self.answer(ask, answer);
    }

    fn answer(&self, ask: Ask, answer: Result<Granted, Refused>) {
        // Whoever went away lets go of the take by dropping it.
        let _ = ask.reply.send(answer);
    }
}
