//! `PUT /api/v1/me/viewed/{slug}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::Slug;

use crate::error::ApiError;
use crate::extract::{Customer, NoFields, OptionalBody, Query, Segment};
use crate::state::State;

/// Notes that you looked at a product just now. Reading its page notes nothing: the page knows nobody.
#[utoipa::path(
    put,
    path = "/api/v1/me/viewed/{slug}",
    tag = "me",
    security(("account" = [])),
    params(("slug" = String, Path)),
    responses((status = 204, description = "it is noted"))
)]
pub(super) async fn handler(
    customer: Customer,
    Segment(slug): Segment<Slug>,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.identity.customers().view(customer.store, customer.account, slug).await?;
    Ok(HttpResponse::NoContent().finish())
}
