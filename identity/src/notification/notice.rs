//! What a message tells. Sealed while it is on its way; its kind alone is written in the clear.

use std::fmt;

use chrono::TimeDelta;
use engine::clock::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// "It is you who reads this address": of a new account, or of a new address of an old one.
    VerifyEmail {
        token: String,
        expires_at: Timestamp,
    },
    /// Somebody registers with the address of an account that there is.
    AccountExists,
    ResetPassword {
        token: String,
        expires_at: Timestamp,
    },
    /// Somebody of the shop made an account for them, which has no password yet.
    Invitation {
        token: String,
        expires_at: Timestamp,
    },
    /// A password was asked for, or changed, by whom it was not: told where the account is.
    PasswordChanged {
        at: Timestamp,
    },
    /// To the address of before.
    EmailChanged {
        at: Timestamp,
    },
    OneTimeCode {
        code: String,
        expires_at: Timestamp,
    },
    /// `device`, `address`: as far as they are known.
    NewLogin {
        at: Timestamp,
        device: Option<String>,
        address: Option<String>,
    },
    SecondFactorChanged {
        at: Timestamp,
        is_on: bool,
    },
    /// One that can be used once was.
    RecoveryCodeUsed {
        at: Timestamp,
        left: u32,
    },
    /// Another way to sign in: `provider` vouches for them from now on.
    ProviderLinked {
        at: Timestamp,
        provider: String,
    },
    DataExported {
        at: Timestamp,
    },
    AccountErased {
        at: Timestamp,
    },
}

/// A notice of what has happened is worth reading for so long.
const NEWS_KEEP: TimeDelta = TimeDelta::days(2);

impl Notice {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::AccountExists => "account_exists",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invitation { .. } => "invitation",
            Self::PasswordChanged { .. } => "password_changed",
            Self::EmailChanged { .. } => "email_changed",
            Self::OneTimeCode { .. } => "one_time_code",
            Self::NewLogin { .. } => "new_login",
            Self::SecondFactorChanged { .. } => "second_factor_changed",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::ProviderLinked { .. } => "provider_linked",
            Self::DataExported { .. } => "data_exported",
            Self::AccountErased { .. } => "account_erased",
        }
    }

    /// When nobody needs it any more: a code that does not open anything is not sent.
    pub(super) fn useless_after(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::VerifyEmail { expires_at, .. }
            | Self::ResetPassword { expires_at, .. }
            | Self::Invitation { expires_at, .. }
            | Self::OneTimeCode { expires_at, .. } => *expires_at,
            Self::AccountExists
            | Self::PasswordChanged { .. }
            | Self::EmailChanged { .. }
            | Self::NewLogin { .. }
            | Self::SecondFactorChanged { .. }
            | Self::RecoveryCodeUsed { .. }
            | Self::ProviderLinked { .. }
            | Self::DataExported { .. }
            | Self::AccountErased { .. } => now + NEWS_KEEP,
        }
    }
}

/// What it tells is for its reader alone.
impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notice({})", self.kind())
    }
}
