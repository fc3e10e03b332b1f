//! What is written down while a run goes on: latencies, outcomes, repeats, late starts, all per operation.
//!
//! Each thread has a `Tally` of its own, so that measuring costs no lock; they are merged at the end.
//! `Live` is the little that others may watch meanwhile.

mod live;
mod operation;
mod slice;
mod tally;

pub(crate) use live::Live;
pub(crate) use operation::{Operation, Outcome};
pub(crate) use slice::Slice;
pub(crate) use tally::{OperationTally, Settled, Tally, per_second};
