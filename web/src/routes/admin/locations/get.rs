//! `GET /api/v1/admin/locations/{id}`

use actix_web::HttpResponse;
use engine::id::{LocationId, StoreId};

use super::view::LocationView;
use crate::error::ApiError;
use crate::routes::admin::thing::{Look, ok};

/// One location, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/locations/{id}",
    tag = "admin: locations",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = LocationView))
)]
pub(super) async fn handler(look: Look<LocationId>) -> Result<HttpResponse, ApiError> {
    let location = look.catalog().location(StoreId::MAIN, look.id).await?;
    Ok(ok(&LocationView::from(location)))
}
