//! What every way of signing in ends in: a session, its cookie, and what the caller holds of it.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse};
use engine::id::PrincipalId;
use identity::account::Account;
use identity::session::{Begun, Device};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use super::account_view::AccountView;
use super::refresh_cookie;
use crate::error::ApiError;
use crate::middleware::Arrival;
use crate::routes::cart::{CartMergedView, bring_along};
use crate::state::State;
use crate::view::{millis_until, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// Send it as `Authorization: Bearer`. The refresh token is in a cookie, which only `/api/v1/auth` gets to see.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    #[schema(format = DateTime)]
    expires_at: String,
    expires_in_ms: i64,
    account: AccountView,
    /// What came along of the cart of the guest whose token was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    cart: Option<CartMergedView>,
}

/// Begins a session of somebody who has shown who they are; `second_factor`: twice. `guest`: who they were until now.
pub(crate) async fn signed_in(
    request: &HttpRequest,
    state: &State,
    account: Account,
    guest: Option<PrincipalId>,
    second_factor: bool,
) -> Result<HttpResponse, ApiError> {
    let arrival = Arrival::of(request);
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let device = Device::new(agent, arrival.address);
    let begun = state.identity.sessions().begin(account, device, second_factor, arrival.now).await?;
    let cart = match guest {
        Some(guest) => Some(bring_along(state, arrival.store, guest, begun.account.id).await),
        None => None,
    };
    Ok(answer(state, &arrival, &begun, cart))
}

pub(super) fn answer(state: &State, arrival: &Arrival, begun: &Begun, cart: Option<CartMergedView>) -> HttpResponse {
    let now = arrival.now;
    let cookie = refresh_cookie::of(&begun.refresh_token, begun.refresh_expires_at, now, state.behind_tls);
    HttpResponse::Ok().cookie(cookie).insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store"))).json(
        SignedInView {
            access_token: begun.access_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_at: rfc3339(begun.access.expires_at),
            expires_in_ms: millis_until(begun.access.expires_at, now),
            account: AccountView::from(&begun.account),
            cart,
        },
    )
}
