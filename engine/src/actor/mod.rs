//! The small kit all actors share: a mailbox whose bound holds, and the directory that starts, rebuilds and retires them.
//!
//! actix is the shell. A message carries its own reply channel, so that an answer may be given later (by a commit, or when
//! one's turn in line has come) without a future waiting inside the actor.

mod directory;
mod gate;
mod mailbox;
mod slot;
mod stage;
#[cfg(test)]
mod tests;
mod threads;

pub use directory::{Directory, Load, Resident, Sleep, StartError, Wiring};
pub use gate::{Gate, Pass};
pub use mailbox::{Address, Mailbox, Reply, Unanswered};
pub use stage::Stage;
pub use threads::Threads;
