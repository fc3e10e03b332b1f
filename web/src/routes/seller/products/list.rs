//! `GET /api/v1/seller/products`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::ProductId;

use super::view::OwnView;
use crate::error::ApiError;
use crate::extract::needs::SellerProductsRead;
use crate::extract::{Query, Staff};
use crate::routes::admin::thing::After;
use crate::routes::seller::own::seller;
use crate::state::State;
use crate::view::Listing;

/// Your products, in whatever state, by id.
#[utoipa::path(
    get,
    path = "/api/v1/seller/products",
    tag = "seller",
    security(("account" = ["seller_products:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<OwnView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<SellerProductsRead>,
    Query(page): Query<After<ProductId>>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let seller = seller(&state, &staff).await?;
    let catalog = state.engine.catalog();
    let read = catalog.products_of_seller_after(staff.store, seller, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, OwnView::from))
}
