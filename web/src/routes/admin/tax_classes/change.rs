//! `PATCH /api/v1/admin/tax-classes/{code}`

use actix_web::HttpResponse;
use engine::catalog::{Code, TaxClassPatch};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SettingsWrite;
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
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(
        ("code" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = TaxClassView))
)]
pub(super) async fn handler(
    change: Change<SettingsWrite, Code>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let Request { name, rate_bp, inclusive } = body.value;
    let patch = TaxClassPatch { name, rate_bp, inclusive };
    let class =
        change.catalog().change_tax_class(change.staff.store, change.id.clone(), change.expected, patch).await?;
    Ok(ok(&TaxClassView::from(class)))
}
