//! `GET /api/v1/me/wishlist`

use actix_web::HttpResponse;
use actix_web::web::Data;
use identity::customer::Wish;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = Wishlist)]
pub(super) struct Response {
    data: Vec<WishView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Wish)]
pub(crate) struct WishView {
    sku: String,
    title: String,
    product_slug: String,
    #[schema(format = DateTime)]
    added_at: String,
}

impl From<Wish> for WishView {
    fn from(wish: Wish) -> Self {
        Self { sku: wish.sku, title: wish.title, product_slug: wish.product_slug, added_at: rfc3339(wish.added_at) }
    }
}

/// Your wishes, the newest first. What has left the catalogue is not shown.
#[utoipa::path(
    get,
    path = "/api/v1/me/wishlist",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let wishes = state.identity.customers().wishes(customer.store, customer.account).await?;
    Ok(HttpResponse::Ok().json(Response { data: wishes.into_iter().map(WishView::from).collect() }))
}
