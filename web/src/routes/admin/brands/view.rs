//! A brand as the shop sees it.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, LOCATION};
use engine::catalog::Brand;
use engine::id::{BrandId, StoreId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::IfMatch;
use crate::state::State;
use crate::view::{etag, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = AdminBrand)]
pub(super) struct BrandView {
    #[schema(value_type = String)]
    id: BrandId,
    slug: String,
    name: String,
    version: i64,
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Brand> for BrandView {
    fn from(brand: Brand) -> Self {
        Self {
            id: brand.id,
            slug: brand.slug.to_string(),
            name: brand.name.to_string(),
            version: brand.version,
            archived_at: brand.archived_at.map(rfc3339),
            created_at: rfc3339(brand.created_at),
            updated_at: rfc3339(brand.updated_at),
        }
    }
}

impl BrandView {
    pub(super) fn ok(self) -> HttpResponse {
        HttpResponse::Ok().insert_header((ETAG, etag(self.version))).json(self)
    }

    pub(super) fn created(self) -> HttpResponse {
        let location = format!("/api/v1/admin/brands/{}", self.id);
        HttpResponse::Created().insert_header((ETAG, etag(self.version))).insert_header((LOCATION, location)).json(self)
    }
}

/// The version that a change is made against.
pub(super) async fn expected(state: &State, id: BrandId, version: IfMatch) -> Result<i64, ApiError> {
    match version.expected() {
        Some(version) => Ok(version),
        None => Ok(state.engine.catalog().brand(StoreId::MAIN, id).await?.version),
    }
}
