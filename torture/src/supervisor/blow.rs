//! PURE. What an owner can be dealt while another server stands by, and within which time that one should take orders.

use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blow {
    /// `kill -9`.
    Kill,
    /// `SIGTERM`.
    End,
    /// Stopped without touching its connections; goes on after the other has taken over.
    Stop,
    /// Its link is a black hole for longer than the database waits for it.
    Cut,
    /// Its connections are reset: both want the shop.
    Reset,
    /// PostgreSQL is killed under both.
    Postgres,
}

impl Blow {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kill => "standby-kill",
            Self::End => "standby-end",
            Self::Stop => "standby-stop",
            Self::Cut => "standby-cut",
            Self::Reset => "standby-reset",
            Self::Postgres => "standby-postgres",
        }
    }

    /// An owner that is gone, and one that went in order. Of one that is still there nothing is asked.
    pub(super) fn aim(self) -> Option<Duration> {
        match self {
            Self::Kill | Self::Stop | Self::Cut => Some(Duration::from_secs(10)),
            Self::End => Some(Duration::from_secs(1)),
            Self::Reset | Self::Postgres => None,
        }
    }

    /// Whether the owner can sell nothing more, or soon will not.
    pub(super) fn is_the_end(self) -> bool {
        match self {
            Self::Kill | Self::End | Self::Stop => true,
            Self::Cut | Self::Reset | Self::Postgres => false,
        }
    }
}
