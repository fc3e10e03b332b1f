//! The closed list of things a caller can react to. Each domain's error says which one it is.

/// Whose fault it is and what a caller can do about it. The web turns it into a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request makes no sense; the same request will never work.
    Invalid,
    NotFound,
    /// True of another state of the world: a newer version, a used key, an illegal transition.
    Conflict,
    /// The rules of the shop say no: sold out, price changed, limit reached.
    Rejected,
    Forbidden,
    /// Full: come back in a moment.
    Busy,
    /// Not answered in time, or the database is away; the outcome may be unknown.
    Unavailable,
    /// A bug of ours.
    Internal,
}

pub trait Coded {
    fn code(&self) -> ErrorCode;
}
