//! `GET /api/v1/admin/products`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::ProductStatus;
use engine::id::{ProductId, StoreId};

use super::view::ProductView;
use crate::error::ApiError;
use crate::extract::{Admin, FromQuery, PageRequest, Parameters, Query};
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    status: Option<ProductStatus>,
    page: PageRequest,
    after: Option<ProductId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let status = parameters.parsed("status", str::parse)?;
        let page = PageRequest::take(parameters)?;
        let after = page.cursor_as()?;
        Ok(Self { status, page, after })
    }
}

/// All products, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products",
    tag = "admin: products",
    security(("admin" = [])),
    params(
        ("status" = Option<String>, Query, description = "draft, active or archived"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query)
    ),
    responses((status = 200, body = Listing<ProductView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Admin,
    Query(Request { status, page, after }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let wanted = i64::from(page.limit) + 1;
    let read = state.engine.catalog().products_after(StoreId::MAIN, status, after, wanted).await?;
    let listing = Listing::cut(read, page.limit, |product| product.id.to_string(), ProductView::from);
    Ok(listing.respond(request.path(), request.query_string()))
}
