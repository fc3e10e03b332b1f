//! One's own account, with the version that changes are made against.

use identity::account::Account;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::auth::AccountView;

#[derive(Serialize, ToSchema)]
#[schema(as = Profile)]
pub(super) struct ProfileView {
    #[serde(flatten)]
    account: AccountView,
    /// Send it as `If-Match`, in quotes.
    version: i64,
}

impl From<&Account> for ProfileView {
    fn from(account: &Account) -> Self {
        Self { account: AccountView::from(account), version: account.version }
    }
}
