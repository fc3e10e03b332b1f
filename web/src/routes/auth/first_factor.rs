//! Somebody has shown who they are in one way. Whoever enrolled a second factor is asked for it; everybody else is in.

use actix_web::{HttpRequest, HttpResponse};
use engine::id::{AccountId, PrincipalId, StoreId};
use identity::account::{Account, Status};

use super::signed_in::signed_in;
use crate::error::ApiError;
use crate::extract::guest_shown;
use crate::state::State;

pub(crate) async fn shown(
    request: &HttpRequest,
    state: &State,
    store: StoreId,
    account: AccountId,
) -> Result<HttpResponse, ApiError> {
    let account = find(state, store, account).await?;
    ask_or_admit(request, state, account).await
}

/// The same of an account that has just been read.
pub(super) async fn ask_or_admit(
    request: &HttpRequest,
    state: &State,
    account: Account,
) -> Result<HttpResponse, ApiError> {
    match state.identity.second_factors().question(&account).await? {
        Some(question) => Err(ApiError::second_factor_asked(&question)),
        None => signed_in(request, state, account, was_guest(request), false).await,
    }
}

/// Who the caller was until now, as far as they show it.
pub(super) fn was_guest(request: &HttpRequest) -> Option<PrincipalId> {
    guest_shown(request).map(|guest| guest.principal)
}

/// As it is now: it may have been blocked since they began.
pub(super) async fn find(state: &State, store: StoreId, account: AccountId) -> Result<Account, ApiError> {
    let found = state.identity.accounts().find(store, account).await?;
    match found.as_ref().map(|account| account.status) {
        Some(Status::Active) => {}
        Some(Status::Blocked) => return Err(ApiError::account_blocked()),
        Some(Status::Erased) | None => return Err(ApiError::invalid_credentials()),
    }
    found.ok_or_else(ApiError::invalid_credentials)
}
