//! What a command does to an order. Pure: `decide` says what would be written, the journal writes it.

use crate::clock::Timestamp;
use crate::id::{OrderId, PrincipalId};

use super::detail::Progress;
use super::error::Error;
use super::state::{Holds, Move, State, Status, Verdict};

/// As much of an order as decides about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub principal_id: PrincipalId,
    pub state: State,
    /// Counts its events; every change adds one.
    pub version: i64,
    /// Until when it waits for payment.
    pub expires_at: Option<Timestamp>,
    pub progress: Progress,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The money is there (or need not be): the goods are sold.
    Confirm,
    /// Its time is over; the gateway is to be asked.
    BeginExpiry,
    Expire,
    Cancel {
        reason: Option<String>,
    },
    Pack,
    Ship {
        carrier: String,
        tracking: Option<String>,
    },
    Deliver,
    Return {
        restock: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    Changed(Change),
    /// A repeat: nothing is to be written, and the answer is the order as it is.
    AlreadyDone,
}

/// What is to be written, whole or not at all: only if the order is still in `from` at `from_version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub from: State,
    pub from_version: i64,
    pub to: State,
    pub version: i64,
    pub expires_at: Option<Timestamp>,
    pub progress: Progress,
    pub holds: Holds,
    /// The event's kind: what happened, in one word.
    pub kind: &'static str,
}

impl Order {
    pub fn decide(&self, command: &Command) -> Result<Outcome, Error> {
        let asked = command.as_move();
        match self.state.judge(asked) {
            Verdict::Go(to, holds) => Ok(Outcome::Changed(self.change(command, to, holds))),
            Verdict::AlreadyDone if self.was_done_differently(command) => {
                Err(Error::DoneDifferently { status: self.state.status })
            }
            Verdict::AlreadyDone => Ok(Outcome::AlreadyDone),
            Verdict::Illegal => Err(Error::InvalidState {
                from: self.state.status,
                to: asked.target(),
                allowed: self.state.status.allowed(),
            }),
        }
    }

    /// The order as it is once `change` is durable.
    pub fn apply(&mut self, change: &Change) {
        assert!(self.state == change.from && self.version == change.from_version, "a change of another order");
        self.state = change.to;
        self.version = change.version;
        self.expires_at = change.expires_at;
        self.progress.clone_from(&change.progress);
    }

    fn change(&self, command: &Command, to: State, holds: Holds) -> Change {
        let mut progress = self.progress.clone();
        match command {
            Command::Cancel { reason } => progress.cancel_reason.clone_from(reason),
            Command::Ship { carrier, tracking } => {
                progress.carrier = Some(carrier.clone());
                progress.tracking.clone_from(tracking);
            }
            Command::Return { restock } => progress.restocked = Some(*restock),
            Command::Confirm | Command::BeginExpiry | Command::Expire | Command::Pack | Command::Deliver => {}
        }
        // An expiring order keeps its date: whoever looks for overdue orders must find it again.
        let is_waiting = matches!(to.status, Status::PaymentPending | Status::Expiring);
        Change {
            from: self.state,
            from_version: self.version,
            to,
            version: self.version + 1,
            expires_at: self.expires_at.filter(|_| is_waiting),
            progress,
            holds,
            kind: to.status.as_str(),
        }
    }

    /// Shipping with another tracking number, or returning to another place, is not the same command again.
    fn was_done_differently(&self, command: &Command) -> bool {
        match command {
            Command::Ship { carrier, tracking } => {
                self.progress.carrier.as_ref() != Some(carrier) || self.progress.tracking != *tracking
            }
            Command::Return { restock } => self.progress.restocked != Some(*restock),
            Command::Confirm
            | Command::BeginExpiry
            | Command::Expire
            | Command::Cancel { .. }
            | Command::Pack
            | Command::Deliver => false,
        }
    }
}

impl Command {
    fn as_move(&self) -> Move {
        match self {
            Self::Confirm => Move::Confirm,
            Self::BeginExpiry => Move::BeginExpiry,
            Self::Expire => Move::Expire,
            Self::Cancel { .. } => Move::Cancel,
            Self::Pack => Move::Pack,
            Self::Ship { .. } => Move::Ship,
            Self::Deliver => Move::Deliver,
            Self::Return { restock } => Move::Return { restock: *restock },
        }
    }
}
