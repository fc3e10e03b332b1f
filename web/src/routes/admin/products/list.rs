//! `GET /api/v1/admin/products`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::ProductStatus;
use engine::id::ProductId;

use super::view::ProductView;
use crate::error::ApiError;
use crate::extract::needs::CatalogRead;
use crate::extract::{FromQuery, Parameters, Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    status: Option<ProductStatus>,
    page: After<ProductId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let status = parameters.parsed("status", str::parse)?;
        let page = After::from_query(parameters)?;
        Ok(Self { status, page })
    }
}

/// All products, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products",
    tag = "admin: products",
    security(("account" = ["catalog:read"]), ("key" = ["catalog:read"])),
    params(
        ("status" = Option<String>, Query, description = "draft, active or archived"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<ProductView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<CatalogRead>,
    Query(Request { status, page }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.engine.catalog().products_after(staff.store, status, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, ProductView::from))
}
