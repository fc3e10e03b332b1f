//! `POST /api/v1/me/second-factor/disable`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::shown::CodeShown;
use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::state::State;

/// Gives the second factor up.
///
/// With a code of it: a session that somebody left open is not enough. Its secret and its recovery codes are forgotten.
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor/disable",
    tag = "me",
    security(("account" = [])),
    request_body = CodeShown,
    responses((status = 204, description = "it is asked for no more"))
)]
pub(super) async fn handler(
    customer: Customer,
    _: Query<()>,
    body: Body<CodeShown>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let shown = body.value.parse()?;
    state.identity.second_factors().disable(customer.store, customer.account, shown).await?;
    Ok(HttpResponse::NoContent().finish())
}
