//! `PUT /api/v1/me/addresses/{id}`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use engine::id::AddressId;

use super::view::{AddressView, Request};
use crate::error::ApiError;
use crate::extract::{Body, Customer, IfMatch, Query, Segment};
use crate::state::State;
use crate::view::etag;

/// Writes an address anew, whole. The default stays the default until another one is made it.
#[utoipa::path(
    put,
    path = "/api/v1/me/addresses/{id}",
    tag = "me",
    security(("account" = [])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[0-9]+")$"#, description = "the ETag you read, or *")
    ),
    request_body = Request,
    responses((status = 200, body = AddressView))
)]
pub(super) async fn handler(
    customer: Customer,
    Segment(id): Segment<AddressId>,
    expected: IfMatch,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let draft = body.value.parse()?;
    let customers = state.identity.customers();
    let address = customers.change_address(customer.store, customer.account, id, expected.expected(), draft).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(address.version))).json(AddressView::from(address)))
}
