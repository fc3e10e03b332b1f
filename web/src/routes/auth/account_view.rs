//! An account as its owner sees it.

use identity::account::Account;
use serde::Serialize;
use utoipa::ToSchema;

use crate::description::words::AccountRole;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountView {
    #[schema(example = "acct_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: String,
    email: Option<String>,
    /// Whether you have shown that mail to it reaches you.
    email_verified: bool,
    phone: Option<String>,
    phone_verified: bool,
    name: Option<String>,
    #[schema(value_type = AccountRole)]
    role: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            email: account.email.as_ref().map(|email| email.as_str().to_owned()),
            email_verified: account.email_verified_at.is_some(),
            phone: account.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            phone_verified: account.phone_verified_at.is_some(),
            name: account.name.clone(),
            role: account.role.name(),
            created_at: rfc3339(account.created_at),
        }
    }
}
