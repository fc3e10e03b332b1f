//! A customer's account as those see it who help them.

use engine::id::AccountId;
use identity::account::Account;
use serde::Serialize;
use utoipa::ToSchema;

use crate::description::words::AccountStatus;
use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = CustomerAccount)]
pub(super) struct CustomerView {
    #[schema(value_type = String, example = "acct_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: AccountId,
    email: Option<String>,
    email_verified: bool,
    phone: Option<String>,
    phone_verified: bool,
    name: Option<String>,
    #[schema(value_type = AccountStatus)]
    status: &'static str,
    version: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Account> for CustomerView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email.map(|email| email.as_str().to_owned()),
            email_verified: account.email_verified_at.is_some(),
            phone: account.phone.map(|phone| phone.as_str().to_owned()),
            phone_verified: account.phone_verified_at.is_some(),
            name: account.name,
            status: account.status.name(),
            version: account.version,
            created_at: rfc3339(account.created_at),
            updated_at: rfc3339(account.updated_at),
        }
    }
}

impl Thing for CustomerView {
    const COLLECTION: &'static str = "/api/v1/admin/customers";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
