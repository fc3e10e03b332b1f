//! A session as its owner sees it, and what they hold of it.

use std::net::IpAddr;

use engine::clock::Timestamp;
use engine::id::{AccountId, SessionId, StoreId};
use secrecy::SecretString;

use crate::account::Account;
use crate::token::Access;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub store: StoreId,
    pub account: AccountId,
    pub second_factor: bool,
    pub device: Option<String>,
    pub address: Option<IpAddr>,
    pub begun_at: Timestamp,
    /// When it was last refreshed.
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What whoever signed in is given.
pub struct Begun {
    pub account: Account,
    /// What the access token says.
    pub access: Access,
    pub access_token: SecretString,
    pub refresh_token: SecretString,
    /// When the refresh token is worth nothing any more.
    pub refresh_expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndReason {
    LoggedOut,
    /// From another device of the owner's.
    EndedElsewhere,
    /// A refresh token came twice.
    Stolen,
    PasswordChanged,
    /// By staff, or because the account changed.
    Revoked,
}

impl EndReason {
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::EndedElsewhere => "ended_elsewhere",
            Self::Stolen => "stolen",
            Self::PasswordChanged => "password_changed",
            Self::Revoked => "revoked",
        }
    }
}
