//! What can be wrong with the database, as the proxy in front of it plays it.

use std::time::Duration;

use testdb::Link;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    /// So much more for each round trip.
    Slower(Duration),
    /// Nobody listens.
    Away,
    /// Every connection is reset as soon as it is made.
    Resets,
    /// What it is sent it does, and each connection breaks before it can say so.
    AnswersLost,
    /// It takes everything, and says nothing.
    Silent,
}

impl Trouble {
    /// As the document calls it.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "all is well, and afterwards" => Self::None,
            "50 ms slower" => Self::Slower(Duration::from_millis(50)),
            "500 ms slower" => Self::Slower(Duration::from_millis(500)),
            "away" => Self::Away,
            "resets" => Self::Resets,
            "answers lost" => Self::AnswersLost,
            "silent" => Self::Silent,
            _ => return None,
        })
    }

    pub(super) fn link(self) -> Link {
        match self {
            Self::None => Link::Pass,
            Self::Slower(by) => Link::Delay { to_server: by, to_client: Duration::ZERO },
            Self::Away => Link::Refuse,
            Self::Resets => Link::Reset,
            Self::AnswersLost => Link::CutAfter,
            Self::Silent => Link::BlackHole,
        }
    }

    /// Nothing that needs the database is possible while it lasts.
    pub(super) fn is_an_outage(self) -> bool {
        !matches!(self, Self::None | Self::Slower(_))
    }

    /// A new connection takes longer than whoever needs it is kept waiting, when several are wanted at once.
    pub(super) fn outlasts_connecting(self) -> bool {
        self == Self::Slower(Duration::from_millis(500))
    }
}
