//! `POST /api/v1/admin/products/{id}/variants`

use actix_web::HttpResponse;
use engine::id::ProductId;

use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{Body, Segment};
use crate::routes::admin::thing::{Create, created};
use crate::routes::admin::variants::{VariantFields, VariantView};

/// Gives a product another variant.
#[utoipa::path(
    post,
    path = "/api/v1/admin/products/{id}/variants",
    tag = "admin: products",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = VariantFields,
    responses((status = 201, body = VariantView))
)]
pub(super) async fn handler(
    create: Create<CatalogWrite>,
    Segment(id): Segment<ProductId>,
    body: Body<VariantFields>,
) -> Result<HttpResponse, ApiError> {
    let keyed = create.keyed::<_, VariantView>("POST /admin/products/{id}/variants", &body.raw);
    let draft = body.value.into_draft();
    created::<_, VariantView>(create.catalog().make_variant(create.staff.store, id, draft, keyed).await?)
}
