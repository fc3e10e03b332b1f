//! `GET /api/v1/admin/categories`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::{CategoryId, StoreId};

use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::{Admin, FromQuery, PageRequest, Parameters, Query};
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    page: PageRequest,
    after: Option<CategoryId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let page = PageRequest::take(parameters)?;
        let after = page.cursor_as()?;
        Ok(Self { page, after })
    }
}

/// All categories, archived ones too, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/categories",
    tag = "admin: categories",
    security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query)
    ),
    responses((status = 200, body = Listing<CategoryView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Admin,
    Query(Request { page, after }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let wanted = i64::from(page.limit) + 1;
    let read = state.engine.catalog().categories_after(StoreId::MAIN, after, wanted).await?;
    let listing = Listing::cut(read, page.limit, |category| category.id.to_string(), CategoryView::from);
    Ok(listing.respond(request.path(), request.query_string()))
}
