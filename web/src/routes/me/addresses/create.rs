//! `POST /api/v1/me/addresses`

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web::Data;

use super::view::{AddressView, Request};
use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::state::State;
use crate::view::etag;

/// Writes an address down. The first one is the default.
#[utoipa::path(
    post,
    path = "/api/v1/me/addresses",
    tag = "me",
    security(("account" = [])),
    request_body = Request,
    responses((status = 201, body = AddressView))
)]
pub(super) async fn handler(
    customer: Customer,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let draft = body.value.parse()?;
    let address = state.identity.customers().add_address(customer.store, customer.account, draft).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/me/addresses/{}", address.id)))
        .insert_header((ETAG, etag(address.version)))
        .json(AddressView::from(address)))
}
