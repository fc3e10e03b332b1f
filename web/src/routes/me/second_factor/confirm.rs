//! `POST /api/v1/me/second-factor/confirm`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::shown::{CodeShown, RecoveryCodesView};
use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::state::State;

/// Shows the first code of the app.
///
/// From now on one is asked for when you sign in. This session has shown it: its next access token says so.
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor/confirm",
    tag = "me",
    security(("account" = [])),
    request_body = CodeShown,
    responses((status = 200, body = RecoveryCodesView))
)]
pub(super) async fn handler(
    customer: Customer,
    _: Query<()>,
    body: Body<CodeShown>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let shown = body.value.parse()?;
    let factors = state.identity.second_factors();
    let codes = factors.confirm(customer.store, customer.account, customer.session, shown).await?;
    Ok(RecoveryCodesView::respond(&codes))
}
