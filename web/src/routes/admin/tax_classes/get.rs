//! `GET /api/v1/admin/tax-classes/{code}`

use actix_web::HttpResponse;
use engine::catalog::Code;
use engine::id::StoreId;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::routes::admin::thing::{Look, ok};

/// One tax class, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/tax-classes/{code}",
    tag = "admin: tax classes",
    security(("admin" = [])),
    params(("code" = String, Path)),
    responses((status = 200, body = TaxClassView))
)]
pub(super) async fn handler(look: Look<Code>) -> Result<HttpResponse, ApiError> {
    let class = look.catalog().tax_class(StoreId::MAIN, look.id.clone()).await?;
    Ok(ok(&TaxClassView::from(class)))
}
