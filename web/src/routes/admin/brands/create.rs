//! `POST /api/v1/admin/brands`

use actix_web::HttpResponse;
use engine::catalog::BrandDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::CatalogWrite;
use crate::routes::admin::thing::{Create, created};

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
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = BrandView))
)]
pub(super) async fn handler(create: Create<CatalogWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { slug, name } = body.value;
    let draft = BrandDraft { slug, name };
    let keyed = create.keyed::<_, BrandView>("POST /admin/brands", &body.raw);
    created::<_, BrandView>(create.catalog().make_brand(create.staff.store, draft, keyed).await?)
}
