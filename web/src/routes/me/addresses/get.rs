//! `GET /api/v1/me/addresses/{id}`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use engine::id::AddressId;

use super::view::AddressView;
use crate::error::ApiError;
use crate::extract::{Customer, Query, Segment};
use crate::state::State;
use crate::view::etag;

/// One of your addresses. Another's is not found.
#[utoipa::path(
    get,
    path = "/api/v1/me/addresses/{id}",
    tag = "me",
    security(("account" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = AddressView))
)]
pub(super) async fn handler(
    customer: Customer,
    Segment(id): Segment<AddressId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let address = state.identity.customers().address(customer.store, customer.account, id).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(address.version))).json(AddressView::from(address)))
}
