//! What is known of an account, and what one is made of.

use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};

use super::Status;
use crate::access::Role;
use crate::reach::{Email, Phone};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub store: StoreId,
    pub email: Option<Email>,
    /// `None`: nobody has shown yet that mail to it reaches them.
    pub email_verified_at: Option<Timestamp>,
    pub phone: Option<Phone>,
    pub phone_verified_at: Option<Timestamp>,
    pub has_password: bool,
    pub name: Option<String>,
    pub role: Role,
    pub status: Status,
    /// When its password, role or status changed.
    pub secured_at: Timestamp,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One that is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    pub store: StoreId,
    pub email: Option<Email>,
    pub email_is_verified: bool,
    pub phone: Option<Phone>,
    pub phone_is_verified: bool,
    /// Never the password.
    pub password_hash: Option<String>,
    pub name: Option<String>,
    pub role: Role,
}

impl Draft {
    pub fn of(store: StoreId, role: Role) -> Self {
        Self {
            store,
            email: None,
            email_is_verified: false,
            phone: None,
            phone_is_verified: false,
            password_hash: None,
            name: None,
            role,
        }
    }
}
