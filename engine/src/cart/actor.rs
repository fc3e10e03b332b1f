//! A cart, awake. What it may become is the cart's to decide; when that is durable is the lane's to say.

use std::sync::Arc;

use actix::{Actor, ActorContext, Context, Handler};

use crate::actor::{Address, Gate, Reply, Resident, Sleep};

use super::cart::{Cart, Contents, Outcome, Owner};
use super::frozen::Frozen;
use super::lane::{Answer, Durability, Entry, Kept, Lane, NotKept, Seat};
use super::message::{Apply, Convert, Distrust, Freeze, Thaw, View};

pub(super) struct CartActor {
    cart: Cart,
    durability: Arc<Durability>,
    gate: Arc<Gate>,
    lane: Lane,
    /// How many checkouts were begun: the name of the next one.
    checkouts: u64,
}

/// What the loader read, and where changes go.
pub(super) struct Loaded {
    pub(super) contents: Contents,
    pub(super) lane: Lane,
}

impl Actor for CartActor {
    type Context = Context<Self>;
}

impl Resident for CartActor {
    type Key = Owner;
    type State = Loaded;

    fn new(_: Owner, loaded: Loaded, gate: Arc<Gate>) -> Self {
        let durability = Arc::new(Durability::at(loaded.contents.version));
        Self { cart: Cart::new(loaded.contents), durability, gate, lane: loaded.lane, checkouts: 0 }
    }
}

impl Handler<View> for CartActor {
    type Result = ();

    fn handle(&mut self, view: View, _: &mut Context<Self>) {
        self.answer_when_durable(None, None, view.reply);
    }
}

impl Handler<Apply> for CartActor {
    type Result = ();

    fn handle(&mut self, ask: Apply, _: &mut Context<Self>) {
        // Whoever asked has gone: it has no answer to act on, and may ask again.
        if ask.reply.is_closed() {
            return;
        }
        if self.is_outdated() {
            return give(ask.reply, Err(NotKept::Outdated));
        }
        match self.cart.decide(&ask.edit, ask.expected_version, ask.now) {
            Ok(Outcome::Changed(contents)) => {
                self.cart.apply(contents);
                self.answer_when_durable(Some(ask.seat), None, ask.reply);
            }
            Ok(Outcome::AlreadyDone) => self.answer_when_durable(None, None, ask.reply),
            Err(refused) => give(ask.reply, Err(NotKept::Refused(refused))),
        }
    }
}

impl Handler<Freeze> for CartActor {
    type Result = ();

    fn handle(&mut self, ask: Freeze, context: &mut Context<Self>) {
        if ask.reply.is_closed() {
            return;
        }
        let Some(pass) = self.gate.pass() else { return give(ask.reply, Err(NotKept::Outdated)) };
        self.checkouts += 1;
        match self.cart.freeze(self.checkouts, ask.expected_version, ask.purpose) {
            Ok(()) => {
                let contents = Arc::clone(self.cart.contents());
                let frozen = Frozen::new(contents, self.checkouts, Address::of(context), pass);
                self.answer_when_durable(None, Some(frozen), ask.reply);
            }
            Err(refused) => give(ask.reply, Err(NotKept::Refused(refused))),
        }
    }
}

impl Handler<Thaw> for CartActor {
    type Result = ();

    fn handle(&mut self, thaw: Thaw, _: &mut Context<Self>) {
        self.cart.thaw(thaw.checkout);
    }
}

impl Handler<Convert> for CartActor {
    type Result = ();

    fn handle(&mut self, convert: Convert, _: &mut Context<Self>) {
        self.cart.convert(convert.checkout, convert.order, convert.at);
        self.durability.reached(self.cart.contents().version);
    }
}

impl Handler<Distrust> for CartActor {
    type Result = ();

    fn handle(&mut self, _: Distrust, _: &mut Context<Self>) {
        self.durability.lose();
    }
}

impl Handler<Sleep> for CartActor {
    type Result = ();

    fn handle(&mut self, sleep: Sleep, context: &mut Context<Self>) {
        let is_idle = !self.cart.is_frozen() && (self.is_durable() || self.durability.is_lost());
        if is_idle {
            context.stop();
        }
        // The directory waits for this; if it has gone, the program is ending.
        let _ = sleep.0.send(is_idle);
    }
}

impl CartActor {
    fn is_durable(&self) -> bool {
        self.durability.covers(self.cart.contents().version)
    }

    /// What it remembers is not what the database holds, or may not be: it was put out of office.
    fn is_outdated(&self) -> bool {
        self.durability.is_lost() || self.gate.is_closed()
    }

    /// Answers at once if nothing is under way; else the lane does, when it has written what is.
    fn answer_when_durable(&self, seat: Option<Seat>, frozen: Option<Frozen>, reply: Reply<Answer>) {
        let contents = Arc::clone(self.cart.contents());
        if self.is_outdated() {
            return give(reply, Err(NotKept::Outdated));
        }
        if self.is_durable() {
            return give(reply, Ok(Kept { contents, frozen }));
        }
        let Some(pass) = self.gate.pass() else { return give(reply, Err(NotKept::Outdated)) };
        let durability = Arc::clone(&self.durability);
        self.lane.keep(Entry { contents, durability, seat, frozen, reply, pass });
    }
}

fn give(reply: Reply<Answer>, answer: Answer) {
    // Whoever went away does not care; a frozen cart thaws when its answer is dropped.
    let _ = reply.send(answer);
}
