//! Where tasks run and how time passes: tokio in the shop, a scheduler that does everything from one seed in a simulation.
//!
//! Whoever is on the way of an order asks here for tasks, pauses and the monotonic clock, and never tokio: what cannot be
//! simulated cannot be proved.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, Either, select};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// What a runtime must be able to do.
pub trait Scheduler: Send + Sync + 'static {
    /// Runs `task` where I/O is done.
    fn spawn(&self, task: BoxFuture<'static, ()>);
    /// Runs `task` where its caller runs.
    fn spawn_here(&self, task: BoxFuture<'static, ()>);
    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()>;
    fn now(&self) -> Instant;
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Runtime(Arc<dyn Scheduler>);

/// The task panicked, or ended with the program.
#[derive(Debug, thiserror::Error)]
#[error("the task broke off")]
pub struct BrokeOff;

/// It took too long.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

impl Runtime {
    pub fn new(scheduler: impl Scheduler) -> Self {
        Self(Arc::new(scheduler))
    }

    /// Runs `task` where I/O is done.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(Box::pin(task));
    }

    /// Runs `work` where I/O is done. It goes on when whoever waits for it goes away.
    pub fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Running<T> {
        let (task, running) = Running::of(work);
        self.0.spawn(Box::pin(task));
        running
    }

    /// Runs `work` where its caller runs. It goes on when whoever waits for it goes away.
    pub fn run_here<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Running<T> {
        let (task, running) = Running::of(work);
        self.0.spawn_here(Box::pin(task));
        running
    }

    pub fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(length)
    }

    /// Waits for `work`, but no longer than `limit`.
    pub async fn timeout<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, TooLong> {
        let mut work = std::pin::pin!(work);
        // Most of what is waited for is there at once, or soon: no timer before it is needed.
        if let std::task::Poll::Ready(done) = futures_util::poll!(work.as_mut()) {
            return Ok(done);
        }
        match select(work, self.0.sleep(limit)).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(((), _)) => Err(TooLong),
        }
    }

    pub fn now(&self) -> Instant {
        self.0.now()
    }
}

/// What a task will come to.
pub struct Running<T>(oneshot::Receiver<T>);

impl<T: Send + 'static> Running<T> {
    fn of(work: impl Future<Output = T> + Send + 'static) -> (impl Future<Output = ()> + Send + 'static, Self) {
        let (sender, receiver) = oneshot::channel();
        let task = async move {
            // Whoever waited may have gone away.
            let _ = sender.send(work.await);
        };
        (task, Self(receiver))
    }
}

impl<T> Future for Running<T> {
    type Output = Result<T, BrokeOff>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context).map(|ended| ended.map_err(|_| BrokeOff))
    }
}

impl From<Handle> for Runtime {
    /// tokio: I/O on the runtime of `handle`.
    fn from(io: Handle) -> Self {
        Self::new(io)
    }
}

impl Scheduler for Handle {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(Handle::spawn(self, task));
    }

    fn spawn_here(&self, task: BoxFuture<'static, ()>) {
        drop(tokio::spawn(task));
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(length))
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_without_whoever_waited_for_it() {
        let runtime = Runtime::from(Handle::current());
        let (sender, receiver) = oneshot::channel();
        drop(runtime.run(async move { sender.send(7).expect("somebody listens") }));
        assert_eq!(receiver.await, Ok(7));
        assert_eq!(runtime.run_here(async { 8 }).await.expect("it ended"), 8);
    }

    #[tokio::test]
    async fn a_task_that_panics_has_broken_off() {
        let runtime = Runtime::from(Handle::current());
        assert!(runtime.run(async { panic!("on purpose") }).await.is_err());
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        let runtime = Runtime::from(Handle::current());
        assert_eq!(runtime.timeout(Duration::ZERO, async { 7 }).await, Ok(7), "what is there at once needs no time");
        assert_eq!(runtime.timeout(Duration::from_millis(1), pending::<()>()).await, Err(TooLong));
    }
}
