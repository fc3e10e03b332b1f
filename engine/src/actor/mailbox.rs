//! The address of an actor, and the bound that actix does not keep.
//!
//! `send` and `do_send` queue past an actix mailbox's capacity and `try_send` loses it on clones (seen with 0.13.5, actix
//! issue 515), so the bound is a semaphore of seats here: a question needs a seat until it is answered, and no seat means
//! "full" at once. What ends a promise (settle, drop) needs none: it is bounded by the promises that are open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix::dev::ToEnvelope;
use actix::{Actor, Addr, AsyncContext, Context, Handler, Message};
use tokio::sync::{Semaphore, oneshot};

/// Where the answer to a question goes.
pub type Reply<T> = oneshot::Sender<T>;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error("all seats are taken")]
    Full,
    /// The actor stopped or panicked. The question may have been seen.
    #[error("the actor has gone")]
    Gone,
}

/// Where an actor can be told what needs no answer: the return address on what it hands out.
pub struct Address<A: Actor>(Addr<A>);

impl<A> Address<A>
where
    A: Actor<Context = Context<A>>,
{
    pub fn of(context: &Context<A>) -> Self {
        Self(context.address())
    }

    /// Says something that needs no answer. It is bounded by the promises that are open, so it needs no seat.
    #[expect(clippy::disallowed_methods, reason = "the one place: whoever asks took a seat first")]
    pub fn tell<M>(&self, message: M)
    where
        A: Handler<M>,
        M: Message<Result = ()> + Send + 'static,
        A::Context: ToEnvelope<A, M>,
    {
        self.0.do_send(message);
    }
}

impl<A: Actor> Clone for Address<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Actor> PartialEq for Address<A> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// The way to one incarnation of an actor.
pub struct Mailbox<A: Actor> {
    address: Address<A>,
    seats: Semaphore,
    /// The directory's tick at the last use, so that it knows who is idle.
    used: AtomicU64,
}

impl<A> Mailbox<A>
where
    A: Actor<Context = Context<A>>,
{
    pub(super) fn new(addr: Addr<A>, seats: usize) -> Arc<Self> {
        Arc::new(Self { address: Address(addr), seats: Semaphore::new(seats), used: AtomicU64::new(0) })
    }

    /// Asks and waits for the answer. Takes a seat for as long.
    pub async fn ask<M, R>(&self, question: impl FnOnce(Reply<R>) -> M) -> Result<R, Unanswered>
    where
        A: Handler<M>,
        M: Message<Result = ()> + Send + 'static,
        A::Context: ToEnvelope<A, M>,
    {
        let _seat = self.seats.try_acquire().map_err(|_| Unanswered::Full)?;
        self.ask_unseated(question).await
    }

    /// Asks without needing a seat: for what ends promises, which must never be refused for want of room.
    pub async fn ask_unseated<M, R>(&self, question: impl FnOnce(Reply<R>) -> M) -> Result<R, Unanswered>
    where
        A: Handler<M>,
        M: Message<Result = ()> + Send + 'static,
        A::Context: ToEnvelope<A, M>,
    {
        let (reply, answer) = oneshot::channel();
        self.tell(question(reply));
        answer.await.map_err(|_| Unanswered::Gone)
    }

    /// Says something that needs no answer.
    pub fn tell<M>(&self, message: M)
    where
        A: Handler<M>,
        M: Message<Result = ()> + Send + 'static,
        A::Context: ToEnvelope<A, M>,
    {
        self.address.tell(message);
    }

    /// How many more may ask.
    pub fn free_seats(&self) -> usize {
        self.seats.available_permits()
    }

    pub(super) fn is_alive(&self) -> bool {
        self.address.0.connected()
    }

    pub(super) fn touch(&self, tick: u64) {
        self.used.store(tick, Ordering::Relaxed);
    }

    pub(super) fn last_used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }
}
