//! `GET /api/v1/admin/categories`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::CategoryId;

use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::needs::CatalogRead;
use crate::extract::{Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

/// All categories, archived ones too, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/categories",
    tag = "admin: categories",
    security(("account" = ["catalog:read"]), ("key" = ["catalog:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<CategoryView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<CatalogRead>,
    Query(page): Query<After<CategoryId>>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.engine.catalog().categories_after(staff.store, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, CategoryView::from))
}
