//! What can be chosen about who is asking.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use secrecy::SecretString;

use crate::account::Validity;
use crate::federation::ProviderSettings;
use crate::notification;
use crate::password::Hashing;
use crate::session::Lifetimes;

#[derive(Debug, Clone)]
pub struct Settings {
    /// What everything is signed with.
    pub secret: SecretString,
    /// What was signed with before, and is still believed.
    pub secrets_previous: Vec<SecretString>,
    /// Who says so, in tokens.
    pub issuer: String,
    /// Of an access token.
    pub access_lifetime: TimeDelta,
    pub lifetimes: Lifetimes,
    pub hashing: Hashing,
    /// Of what a letter opens.
    pub letters: Validity,
    pub notifications: notification::Settings,
    /// Whether an address has to be confirmed before anybody logs in with it.
    pub confirmed_only: bool,
    /// Whose accounts sign in here, by name.
    pub providers: BTreeMap<String, ProviderSettings>,
    /// What the law makes a shop keep of people who want to be forgotten.
    pub keep: crate::customer::Keep,
}
