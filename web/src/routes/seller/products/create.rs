//! `POST /api/v1/seller/products`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::view::OwnView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SellerProductsWrite;
use crate::routes::admin::ProductRequest;
use crate::routes::admin::thing::{Create, created};
use crate::routes::seller::own::seller;
use crate::state::State;

/// Makes a product of yours, with its first variants. It is yours for good.
#[utoipa::path(
    post,
    path = "/api/v1/seller/products",
    tag = "seller",
    security(("account" = ["seller_products:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = ProductRequest,
    responses((status = 201, body = OwnView))
)]
pub(super) async fn handler(
    create: Create<SellerProductsWrite>,
    body: Body<ProductRequest>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let seller = seller(&state, &create.staff).await?;
    let draft = body.value.into_draft()?;
    let keyed = create.keyed::<_, OwnView>("POST /seller/products", &body.raw);
    let made = create.catalog().make_product_of_seller(create.staff.store, seller, draft, keyed).await?;
    created::<_, OwnView>(made)
}
