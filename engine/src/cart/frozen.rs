//! A cart that is being checked out or merged. Whoever has this has it alone.

use std::sync::Arc;

use crate::actor::{Address, Pass};
use crate::clock::Timestamp;
use crate::id::OrderId;

use super::actor::CartActor;
use super::cart::Contents;
use super::message::{Convert, Distrust, Thaw};

/// Keeps the cart frozen until the checkout says how it ended. Dropped without a word, it thaws: a checkout that died
/// before it wrote anything came to nothing. While an order's outcome is unknown, keep it.
///
/// (Should a checkout die after it appended its order, nothing is lost either: the order consumes the generation in the
/// database, and the next edit of the thawed cart finds that and reads the cart anew.)
pub struct Frozen {
    contents: Arc<Contents>,
    checkout: u64,
    actor: Address<CartActor>,
    has_ended: bool,
    /// The actor is not rebuilt meanwhile: it would read a cart that is about to become an order.
    _pass: Pass,
}

impl Frozen {
    pub(super) fn new(contents: Arc<Contents>, checkout: u64, actor: Address<CartActor>, pass: Pass) -> Self {
        Self { contents, checkout, actor, has_ended: false, _pass: pass }
    }

    /// What is being bought. Durable; the order must be written against this version and generation.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// It came to nothing: the cart is its owner's again.
    pub fn thaw(self) {
        drop(self);
    }

    /// The database has another version or generation, or may have: what the actor remembers is not so. It is read anew at
    /// the next question.
    pub fn outdated(self) {
        self.actor.tell(Distrust);
    }

    /// It became `order`, and that is durable, with the cart's conversion. Tell it before the buyer is answered.
    pub fn converted(mut self, order: OrderId, at: Timestamp) {
        self.has_ended = true;
        self.actor.tell(Convert { checkout: self.checkout, order, at });
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        if !self.has_ended {
            self.actor.tell(Thaw { checkout: self.checkout });
        }
    }
}
