//! `POST /api/v1/admin/brands`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::BrandDraft;
use engine::id::StoreId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::{Admin, Body, Query};
use crate::routes::admin::thing::created;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandDraft)]
pub(super) struct Request {
    /// Left out: made of the name.
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    name: String,
}

/// Makes a brand.
#[utoipa::path(
    post,
    path = "/api/v1/admin/brands",
    tag = "admin: brands",
    security(("admin" = [])),
    request_body = Request,
    responses((status = 201, body = BrandView))
)]
pub(super) async fn handler(
    _: Admin,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { slug, name } = body.value;
    let brand = state.engine.catalog().create_brand(StoreId::MAIN, BrandDraft { slug, name }).await?;
    Ok(created(&BrandView::from(brand)))
}
