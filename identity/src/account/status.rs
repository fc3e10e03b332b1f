//! Whether an account may be used.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Active,
    /// By the shop's staff.
    Blocked,
    /// Its owner wanted to be forgotten: what the law makes us keep has no name any more.
    Erased,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no status {0:?}")]
pub struct UnknownStatus(pub String);

impl Status {
    pub const ALL: [Self; 3] = [Self::Active, Self::Blocked, Self::Erased];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Erased => "erased",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        let known = Self::ALL.into_iter().find(|status| status.name() == text);
        known.ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}
