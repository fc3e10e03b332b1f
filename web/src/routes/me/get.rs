//! `GET /api/v1/me`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;

use super::view::ProfileView;
use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;
use crate::view::etag;

/// Your account.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = ProfileView))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let account = state.identity.accounts().find(customer.store, customer.account).await?;
    let account = account.ok_or_else(ApiError::session_ended)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(account.version))).json(ProfileView::from(&account)))
}
