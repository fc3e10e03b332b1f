//! What a mail lets its reader do once.

mod rule;
pub(crate) mod store;
mod token;

pub(crate) use rule::{LATELY, Verdict, decide, may_send};
pub(crate) use token::{OneTimeToken, digest};

/// What lets its reader into an account, or changes how they get in.
pub(crate) const OPENING: [Purpose; 2] = [Purpose::ConfirmEmail, Purpose::ResetPassword];

/// What it is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// "This address is mine."
    ConfirmEmail,
    ResetPassword,
    /// It opens nothing: something was said that needs no answer.
    Nothing,
}

impl Purpose {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ConfirmEmail => "confirm_email",
            Self::ResetPassword => "reset_password",
            Self::Nothing => "nothing",
        }
    }
}
