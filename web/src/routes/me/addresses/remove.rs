//! `DELETE /api/v1/me/addresses/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::AddressId;

use crate::error::ApiError;
use crate::extract::{Customer, OptionalIfMatch, Query, Segment};
use crate::state::State;

/// Forgets an address. If it was the default, the newest of the others is.
#[utoipa::path(
    delete,
    path = "/api/v1/me/addresses/{id}",
    tag = "me",
    security(("account" = [])),
    params(
        ("id" = String, Path),
        ("If-Match" = Option<String>, Header, description = "the ETag you read")
    ),
    responses((status = 204, description = "it is forgotten"))
)]
pub(super) async fn handler(
    customer: Customer,
    Segment(id): Segment<AddressId>,
    OptionalIfMatch(version): OptionalIfMatch,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let expected = version.and_then(|version| version.expected());
    state.identity.customers().remove_address(customer.store, customer.account, id, expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
