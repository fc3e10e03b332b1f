//! Where actors act: on the threads of arbiters, or wherever a simulation wants them to.

use std::sync::Arc;

use actix::{Actor, Addr, AsyncContext, Context};
use actix_rt::ArbiterHandle;
use futures_util::future::LocalBoxFuture;

/// Cheap to clone.
#[derive(Clone)]
pub enum Stage {
    /// By the hash of their keys, each on one of these, for ever.
    Arbiters(Arc<[ArbiterHandle]>),
    /// Whatever this does with them, on the thread that starts them.
    Here(Arc<dyn Fn(LocalBoxFuture<'static, ()>) + Send + Sync>),
}

impl Stage {
    /// Starts the actor that `build` makes.
    pub(super) fn start<A>(&self, hash: usize, build: impl FnOnce() -> A + Send + 'static) -> Addr<A>
    where
        A: Actor<Context = Context<A>>,
    {
        match self {
            Self::Arbiters(arbiters) => A::start_in_arbiter(&arbiters[hash % arbiters.len()], |_| build()),
            Self::Here(run) => {
                let context = Context::new();
                let address = context.address();
                run(Box::pin(context.into_future(build())));
                address
            }
        }
    }
}
