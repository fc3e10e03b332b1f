//! Named points at which the crash harness lets this process end or stop: where a crash leaves the most behind.
//!
//! There is nothing at these points unless the feature `fail-points` is on, or debug assertions are; and then nothing
//! happens there unless `DOORBUSTER_FAIL_POINTS_DIR` names a folder. Each point counts there how often it was reached, and
//! `DOORBUSTER_FAIL_POINTS` (`point=kill@3` or `point=stop@3`, separated by commas) says at which hit the process ends or
//! stops itself, as by `kill -9` and by SIGSTOP.

#[cfg(any(feature = "fail-points", debug_assertions))]
mod armed;

#[cfg(any(feature = "fail-points", debug_assertions))]
pub(crate) use armed::reach;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// The stock of a SKU was read, and nobody has been told of it.
    Activation,
    /// An actor promised something, and the journal has not heard of it.
    AfterDecide,
    /// A batch is numbered, and nothing of it was sent.
    BeforeSend,
    /// A batch is on its way.
    AfterSend,
    /// A batch is durable, and nobody has been answered.
    AfterCommit,
    /// The cell's row is locked by somebody who wants to take it.
    TakeLocked,
    /// The epoch was raised, and nothing was made of it.
    TakeRaised,
    /// Orders were found to have run out.
    ExpiryDue,
    /// One of them is about to be moved.
    ExpiryBeforeMove,
    /// The search index has read of changes, and done nothing about them.
    OutboxRead,
    /// It has them durably, and has not said so.
    OutboxDelivered,
    /// A repeated checkout found its order.
    ReplayOrder,
    /// Another repeated request found its answer.
    ReplayAnswer,
}

#[cfg(not(any(feature = "fail-points", debug_assertions)))]
#[inline(always)]
pub(crate) fn reach(_: Point) {}
