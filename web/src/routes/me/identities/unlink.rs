//! `DELETE /api/v1/me/identities/{provider}`

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::error::ApiError;
use crate::extract::{Customer, Query, Segment};
use crate::routes::auth::oidc::ProviderName;
use crate::state::State;

/// Lets an account elsewhere open yours no more.
///
/// Not the last way in: without a password and without an address that you confirmed, nothing else would.
#[utoipa::path(
    delete,
    path = "/api/v1/me/identities/{provider}",
    tag = "me",
    params(("provider" = String, Path, description = "Of `GET /api/v1/me/identities`.", example = "google")),
    security(("account" = [])),
    responses((status = 204, description = "it opens it no more"))
)]
pub(super) async fn handler(
    customer: Customer,
    provider: Segment<ProviderName>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Segment(ProviderName(provider)) = provider;
    state.identity.federation().unlink(customer.store, customer.account, provider).await?;
    Ok(HttpResponse::NoContent().finish())
}
