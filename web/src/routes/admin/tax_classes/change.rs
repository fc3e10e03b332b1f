//! `PATCH /api/v1/admin/tax-classes/{code}`

use actix_web::HttpResponse;
use engine::catalog::{Code, TaxClassPatch};
use engine::id::StoreId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TaxClassPatch)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 300)]
    name: Option<String>,
    /// Basis points: 1800 is 18 %.
    #[schema(minimum = 0, maximum = 100_000)]
    rate_bp: Option<i64>,
    inclusive: Option<bool>,
}

/// Changes a tax class. What is left out stays as it is; a new rate holds for every quote from now on.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/tax-classes/{code}",
    tag = "admin: tax classes",
    security(("admin" = [])),
    params(
        ("code" = String, Path),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[0-9]+")$"#, description = "the ETag you read, or *")
    ),
    request_body = Request,
    responses((status = 200, body = TaxClassView))
)]
pub(super) async fn handler(change: Change<Code>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { name, rate_bp, inclusive } = body.value;
    let patch = TaxClassPatch { name, rate_bp, inclusive };
    let class = change.catalog().change_tax_class(StoreId::MAIN, change.id.clone(), change.expected, patch).await?;
    Ok(ok(&TaxClassView::from(class)))
}
