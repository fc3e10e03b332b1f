//! `POST /api/v1/me/second-factor/recovery-codes`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::shown::{CodeShown, RecoveryCodesView};
use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::state::State;

/// Ten new recovery codes in place of the old ones.
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor/recovery-codes",
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
    let codes = factors.renew_recovery_codes(customer.store, customer.account, shown).await?;
    Ok(RecoveryCodesView::respond(&codes))
}
