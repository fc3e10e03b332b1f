//! `GET /api/v1/seller/products/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::ProductId;

use super::view::OwnView;
use crate::error::ApiError;
use crate::extract::needs::SellerProductsRead;
use crate::routes::admin::thing::{Look, ok};
use crate::routes::seller::own::seller;
use crate::state::State;

/// One of your products, with its variants. Another's is not found.
#[utoipa::path(
    get,
    path = "/api/v1/seller/products/{id}",
    tag = "seller",
    security(("account" = ["seller_products:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = OwnView))
)]
pub(super) async fn handler(
    look: Look<SellerProductsRead, ProductId>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let seller = seller(&state, &look.staff).await?;
    let detail = look.catalog().product_of_seller(look.staff.store, seller, look.id).await?;
    Ok(ok(&OwnView::from(detail)))
}
