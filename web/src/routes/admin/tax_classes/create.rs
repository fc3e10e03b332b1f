//! `POST /api/v1/admin/tax-classes`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::TaxClassDraft;
use engine::id::StoreId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::{Admin, Body, Query};
use crate::routes::admin::thing::created;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TaxClassDraft)]
pub(super) struct Request {
    /// What variants refer to it by; it stays as it is.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    code: String,
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// Basis points: 1800 is 18 %.
    #[schema(minimum = 0, maximum = 100_000)]
    rate_bp: i64,
    /// Prices contain it already; otherwise it is added to them.
    inclusive: bool,
}

/// Makes a tax class.
#[utoipa::path(
    post,
    path = "/api/v1/admin/tax-classes",
    tag = "admin: tax classes",
    security(("admin" = [])),
    request_body = Request,
    responses((status = 201, body = TaxClassView))
)]
pub(super) async fn handler(
    _: Admin,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { code, name, rate_bp, inclusive } = body.value;
    let draft = TaxClassDraft { code, name, rate_bp, inclusive };
    let class = state.engine.catalog().create_tax_class(StoreId::MAIN, draft).await?;
    Ok(created(&TaxClassView::from(class)))
}
