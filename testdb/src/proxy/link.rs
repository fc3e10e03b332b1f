//! What a link does with what is sent over it.

use std::time::Duration;

/// "The client" is whoever connected to the proxy: the shop's server. "The server" is PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    #[default]
    Pass,
    /// Everything arrives that much later, in order, however much is under way.
    Delay { to_server: Duration, to_client: Duration },
    /// Resets every connection, and each new one as soon as it is accepted.
    Reset,
    /// What a client sends is thrown away and the connection reset: the statement never arrives.
    CutBefore,
    /// What a client sends arrives and is worked off; the answer is thrown away and the client's connection reset at that
    /// moment.
    CutAfter,
    /// What a client sends is kept back and its connection reset; after this time it arrives all the same, over the
    /// connection that the server still believes in.
    Late { by: Duration },
    /// Resets every connection and refuses new ones: nobody listens.
    Refuse,
    /// Connections stay open and new ones are accepted, but nothing arrives on either side. What was sent meanwhile arrives
    /// when the link is another.
    BlackHole,
}

impl Link {
    pub(super) fn resets_at_once(self) -> bool {
        matches!(self, Self::Reset | Self::Refuse)
    }
}
