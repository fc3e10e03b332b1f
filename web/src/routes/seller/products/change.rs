//! `PATCH /api/v1/seller/products/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::ProductId;

use super::view::OwnView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SellerProductsWrite;
use crate::routes::admin::ProductPatchRequest;
use crate::routes::admin::thing::{Change, ok};
use crate::routes::seller::own::seller;
use crate::state::State;

/// Changes one of your products. What is left out stays as it is; another's is not found.
#[utoipa::path(
    patch,
    path = "/api/v1/seller/products/{id}",
    tag = "seller",
    security(("account" = ["seller_products:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = ProductPatchRequest,
    responses((status = 200, body = OwnView))
)]
pub(super) async fn handler(
    change: Change<SellerProductsWrite, ProductId>,
    body: Body<ProductPatchRequest>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let store = change.staff.store;
    let seller = seller(&state, &change.staff).await?;
    // Whose it is never changes: looking before is as good as looking meanwhile.
    change.catalog().product_of_seller(store, seller, change.id).await?;
    let patch = body.value.into_patch()?;
    let product = change.catalog().change_product(store, change.id, change.expected, patch).await?;
    Ok(ok(&OwnView::from(product)))
}
