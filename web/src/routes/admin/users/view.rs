//! An account as those see it who manage it.

use engine::id::AccountId;
use identity::account::Account;
use serde::Serialize;
use utoipa::ToSchema;

use crate::description::words::{AccountRole, AccountStatus};
use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = StaffAccount)]
pub(crate) struct UserView {
    #[schema(value_type = String, example = "acct_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: AccountId,
    email: Option<String>,
    name: Option<String>,
    #[schema(value_type = AccountRole)]
    role: &'static str,
    #[schema(value_type = AccountStatus)]
    status: &'static str,
    /// Not yet: the invitation was not followed.
    has_password: bool,
    version: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Account> for UserView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            email: account.email.map(|email| email.as_str().to_owned()),
            name: account.name,
            role: account.role.name(),
            status: account.status.name(),
            has_password: account.has_password,
            version: account.version,
            created_at: rfc3339(account.created_at),
            updated_at: rfc3339(account.updated_at),
        }
    }
}

impl Thing for UserView {
    const COLLECTION: &'static str = "/api/v1/admin/users";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
