//! `GET /api/v1/me/identities`

use actix_web::HttpResponse;
use actix_web::web::Data;
use identity::federation::Linked;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = Identities)]
pub(super) struct Response {
    data: Vec<IdentityView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Identity)]
pub(crate) struct IdentityView {
    #[schema(example = "google")]
    provider: String,
    #[schema(example = "https://accounts.google.com")]
    issuer: String,
    #[schema(format = DateTime)]
    linked_at: String,
    /// When you last signed in with it.
    #[schema(format = DateTime)]
    used_at: String,
}

/// Whose accounts open yours.
#[utoipa::path(
    get,
    path = "/api/v1/me/identities",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let linked = state.identity.federation().linked(customer.store, customer.account).await?;
    Ok(HttpResponse::Ok().json(Response { data: linked.into_iter().map(IdentityView::from).collect() }))
}

impl From<Linked> for IdentityView {
    fn from(linked: Linked) -> Self {
        Self {
            provider: linked.provider,
            issuer: linked.issuer,
            linked_at: rfc3339(linked.linked_at),
            used_at: rfc3339(linked.used_at),
        }
    }
}
